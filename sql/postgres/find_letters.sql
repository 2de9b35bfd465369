-- $1 stream, $2 table, $3 keys as letters have them. Of each with a letter: whether one is open.
SELECT doc_key, bool_or(closed_at IS NULL)
FROM relay.dead_letter
WHERE stream = $1::text AND tbl = $2::text AND doc_key = ANY ($3::text[])
GROUP BY doc_key
