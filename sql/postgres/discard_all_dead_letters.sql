-- $1 table, '' for all of them.
UPDATE relay.dead_letter
SET closed_at = clock_timestamp()
WHERE closed_at IS NULL AND ($1::text = '' OR tbl = $1::text)
