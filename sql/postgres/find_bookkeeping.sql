-- Looked up first, because CREATE ... IF NOT EXISTS asks for the right to create even if there is nothing to do,
-- and ALTER TABLE for the ownership.
SELECT to_regnamespace('relay') IS NOT NULL AS has_schema,
       to_regclass('relay.checkpoint') IS NOT NULL
         AND to_regclass('relay.dead_letter') IS NOT NULL
         AND to_regclass('relay.dead_letter_open') IS NOT NULL
         AND (
           SELECT count(*) = 3
           FROM pg_attribute
           WHERE attrelid = to_regclass('relay.snapshot')
             AND attname IN ('end_key', 'next_row', 'rows_estimated')
             AND NOT attisdropped
         ) AS is_complete
