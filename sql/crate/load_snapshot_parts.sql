-- $1 stream. After REFRESH.
SELECT tbl, part, next_key, end_key, next_row, rows_done, rows_estimated, state
FROM relay.snapshot
WHERE stream = $1
ORDER BY tbl, part
