-- $1 table, '' for all of them. After REFRESH.
UPDATE relay.dead_letter SET closed_at = current_timestamp
WHERE closed_at IS NULL AND ($1::text = '' OR tbl = $1::text)
