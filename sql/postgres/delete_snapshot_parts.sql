-- $1 stream, $2 table.
DELETE FROM relay.snapshot WHERE stream = $1::text AND tbl = $2::text
