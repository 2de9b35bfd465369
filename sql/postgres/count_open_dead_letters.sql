SELECT tbl, count(*) FROM relay.dead_letter WHERE stream = $1::text AND closed_at IS NULL GROUP BY tbl
