-- One row a part of a table's copy. Keys of MongoDB as core/snapshot.h writes them; NULL and '' mean the same.
CREATE TABLE IF NOT EXISTS relay.snapshot (
  stream TEXT NOT NULL,
  tbl TEXT NOT NULL,
  part INTEGER NOT NULL,
  next_key TEXT,
  rows_done BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  end_key TEXT,
  next_row TEXT,
  rows_estimated BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (stream, tbl, part)
)
