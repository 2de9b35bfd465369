-- As on PostgreSQL. After REFRESH.
SELECT count(*)
FROM relay.dead_letter
WHERE ($2::bigint = 1 OR closed_at IS NULL) AND ($1::text = '' OR tbl = $1::text)
