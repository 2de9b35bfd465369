-- As on PostgreSQL. After REFRESH.
SELECT id, stream, tbl, doc_key, reason, detail, operation, position, '' AS document,
       extract(epoch FROM created_at), extract(epoch FROM closed_at)
FROM relay.dead_letter
WHERE ($3::bigint = 1 OR closed_at IS NULL) AND ($1::text = '' OR tbl = $1::text)
ORDER BY created_at DESC, id DESC
LIMIT $2
