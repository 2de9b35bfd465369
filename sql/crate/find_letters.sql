-- $1 stream, $2 table, $3 keys. After REFRESH. A key may have several letters.
SELECT doc_key, closed_at IS NULL FROM relay.dead_letter
WHERE stream = $1 AND tbl = $2 AND doc_key = ANY($3::text[])
