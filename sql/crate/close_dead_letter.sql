-- $1 id, $2 now.
UPDATE relay.dead_letter SET closed_at = $2 WHERE id = $1
