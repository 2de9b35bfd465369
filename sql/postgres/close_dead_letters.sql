-- $1 stream, $2 table, $3 keys of which the table now holds a good version, or none at all.
UPDATE relay.dead_letter AS letter
SET closed_at = clock_timestamp()
FROM unnest($3::text[]) AS good (key)
WHERE letter.stream = $1::text AND letter.tbl = $2::text AND letter.closed_at IS NULL
  AND letter.doc_key = good.key
