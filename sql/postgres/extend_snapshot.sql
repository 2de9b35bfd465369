-- Columns that a table made by an earlier version does not have. Looked at first, under the lock of lock_setup:
-- ALTER TABLE that has nothing to do would still wait for everybody who reads the table, and they for it.
DO $$
BEGIN
  IF (
    SELECT count(*)
    FROM pg_attribute
    WHERE attrelid = 'relay.snapshot'::regclass
      AND attname IN ('end_key', 'next_row', 'rows_estimated')
      AND NOT attisdropped
  ) < 3 THEN
    ALTER TABLE relay.snapshot
      ADD COLUMN IF NOT EXISTS end_key TEXT,
      ADD COLUMN IF NOT EXISTS next_row TEXT,
      ADD COLUMN IF NOT EXISTS rows_estimated BIGINT NOT NULL DEFAULT 0;
  END IF;
END
$$
