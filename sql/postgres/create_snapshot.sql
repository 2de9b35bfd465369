CREATE TABLE IF NOT EXISTS relay.snapshot (
  stream TEXT NOT NULL,
  tbl TEXT NOT NULL,
  part INTEGER NOT NULL,
  next_key TEXT,
  rows_done BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  PRIMARY KEY (stream, tbl, part)
)
