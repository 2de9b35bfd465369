-- $1 table, '' for all of them; $2 1: closed ones, too. Of every stream.
SELECT count(*)
FROM relay.dead_letter
WHERE ($2::bigint = 1 OR closed_at IS NULL) AND ($1::text = '' OR tbl = $1::text)
