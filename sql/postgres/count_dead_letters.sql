-- $1 table, '' for all of them. Open ones, of every stream.
SELECT count(*) FROM relay.dead_letter WHERE closed_at IS NULL AND ($1::text = '' OR tbl = $1::text)
