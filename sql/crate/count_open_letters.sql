-- $1 stream. After REFRESH.
SELECT count(*) FROM relay.dead_letter WHERE stream = $1 AND closed_at IS NULL
