-- $1 id.
SELECT id, stream, tbl, doc_key, reason, detail, operation, position, document,
       to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(closed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
FROM relay.dead_letter
WHERE id = $1::bigint
