-- $1 stream, $2 table, $3 part, then the other columns.
INSERT INTO relay.snapshot (stream, tbl, part, next_key, end_key, next_row, rows_done, rows_estimated, state, updated_at)
VALUES ($1, $2, $3::bigint, $4, $5, $6, $7::bigint, $8::bigint, $9, $10)
ON CONFLICT (stream, tbl, part) DO UPDATE SET next_key = excluded.next_key, end_key = excluded.end_key,
  next_row = excluded.next_row, rows_done = excluded.rows_done, rows_estimated = excluded.rows_estimated,
  state = excluded.state, updated_at = excluded.updated_at
