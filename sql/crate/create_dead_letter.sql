-- id: made of what the letter is about, so that a replay writes the same row again. The document may be
-- long: neither index nor column store.
CREATE TABLE IF NOT EXISTS relay.dead_letter (
  id TEXT PRIMARY KEY,
  stream TEXT,
  tbl TEXT,
  doc_key TEXT,
  reason TEXT,
  detail TEXT INDEX OFF STORAGE WITH (columnstore = false),
  operation TEXT,
  position TEXT,
  document TEXT INDEX OFF STORAGE WITH (columnstore = false),
  created_at TIMESTAMP WITH TIME ZONE,
  closed_at TIMESTAMP WITH TIME ZONE
)
