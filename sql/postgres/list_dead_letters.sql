-- $1 table, '' for all of them; $2 rows at most. Open ones, newest first, without their documents.
SELECT id, stream, tbl, doc_key, reason, detail, operation, position, NULL AS document,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), NULL AS closed_at
FROM relay.dead_letter
WHERE closed_at IS NULL AND ($1::text = '' OR tbl = $1::text)
ORDER BY id DESC
LIMIT $2::bigint
