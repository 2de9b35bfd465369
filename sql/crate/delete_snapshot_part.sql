-- $1 stream, $2 table, $3 part.
DELETE FROM relay.snapshot WHERE stream = $1 AND tbl = $2 AND part = $3::bigint
