-- $1 stream. A table that was copied and is not there any more, because somebody has dropped it, is copied again: the
-- stream goes on behind what it held. Names as in tbl: schema and table with a dot between.
WITH missing AS (
  SELECT tbl
  FROM relay.snapshot
  WHERE stream = $1::text
    AND state <> 'dropped'
    AND NOT EXISTS (
      SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE nspname || '.' || relname = tbl
    )
  GROUP BY tbl
  HAVING bool_or(state <> 'waiting')
), forgotten AS (
  DELETE FROM relay.snapshot USING missing
  WHERE stream = $1::text AND snapshot.tbl = missing.tbl AND part <> 0
)
INSERT INTO relay.snapshot (stream, tbl, part, next_key, end_key, next_row, rows_done, rows_estimated, state, updated_at)
SELECT $1::text, tbl, 0, '', '', '', 0, 0, 'waiting', clock_timestamp() FROM missing
ON CONFLICT (stream, tbl, part) DO UPDATE
SET next_key = EXCLUDED.next_key,
    end_key = EXCLUDED.end_key,
    next_row = EXCLUDED.next_row,
    rows_done = EXCLUDED.rows_done,
    rows_estimated = EXCLUDED.rows_estimated,
    state = EXCLUDED.state,
    updated_at = EXCLUDED.updated_at
