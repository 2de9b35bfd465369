-- $1 stream, $2 table, then one array a column.
INSERT INTO relay.snapshot (stream, tbl, part, next_key, end_key, next_row, rows_done, rows_estimated, state, updated_at)
SELECT $1::text, $2::text, new.*, clock_timestamp()
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[], $9::text[])
  AS new (part, next_key, end_key, next_row, rows_done, rows_estimated, state)
ON CONFLICT (stream, tbl, part) DO UPDATE
SET next_key = EXCLUDED.next_key,
    end_key = EXCLUDED.end_key,
    next_row = EXCLUDED.next_row,
    rows_done = EXCLUDED.rows_done,
    rows_estimated = EXCLUDED.rows_estimated,
    state = EXCLUDED.state,
    updated_at = EXCLUDED.updated_at
