-- $1 stream.
DELETE FROM relay.snapshot WHERE stream = $1::text
