-- $1 id. By the primary key, so that it sees what was written a moment ago.
SELECT id, stream, tbl, doc_key, reason, detail, operation, position, document,
       extract(epoch FROM created_at), extract(epoch FROM closed_at)
FROM relay.dead_letter
WHERE id = $1
