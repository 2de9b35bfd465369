CREATE TABLE IF NOT EXISTS relay.dead_letter (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream TEXT NOT NULL,
  tbl TEXT NOT NULL,
  doc_key TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT,
  operation TEXT,
  position TEXT,
  document TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  closed_at TIMESTAMPTZ
)
