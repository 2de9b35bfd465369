-- $1 stream. After REFRESH.
SELECT id, tbl, doc_key FROM relay.dead_letter WHERE stream = $1 AND closed_at IS NULL
