-- $1 table, '' for all of them; $2 rows at most; $3 1: closed ones, too. Newest first, without their documents.
SELECT id, stream, tbl, doc_key, reason, detail, operation, position, NULL AS document,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
FROM relay.dead_letter
WHERE ($3::bigint = 1 OR closed_at IS NULL) AND ($1::text = '' OR tbl = $1::text)
ORDER BY id DESC
LIMIT $2::bigint
