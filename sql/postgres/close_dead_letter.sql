-- $1 id.
UPDATE relay.dead_letter SET closed_at = clock_timestamp() WHERE id = $1::bigint AND closed_at IS NULL
