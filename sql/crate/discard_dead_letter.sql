-- $1 id.
UPDATE relay.dead_letter SET closed_at = current_timestamp WHERE id = $1
