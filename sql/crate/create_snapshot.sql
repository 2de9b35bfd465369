CREATE TABLE IF NOT EXISTS relay.snapshot (
  stream TEXT,
  tbl TEXT,
  part BIGINT,
  next_key TEXT,
  end_key TEXT,
  next_row TEXT,
  rows_done BIGINT,
  rows_estimated BIGINT,
  state TEXT,
  updated_at TIMESTAMP WITH TIME ZONE,
  PRIMARY KEY (stream, tbl, part)
)
