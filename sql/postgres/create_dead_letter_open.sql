-- Open letters are few, closed ones may be many. Without doc_key: a key may be too long for an index.
CREATE INDEX IF NOT EXISTS dead_letter_open ON relay.dead_letter (stream, tbl) WHERE closed_at IS NULL
