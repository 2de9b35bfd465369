-- Looked up first, because CREATE ... IF NOT EXISTS asks for the right to create even if there is nothing to do.
SELECT to_regnamespace('relay') IS NOT NULL AS has_schema,
       to_regclass('relay.checkpoint') IS NOT NULL
         AND to_regclass('relay.snapshot') IS NOT NULL
         AND to_regclass('relay.dead_letter') IS NOT NULL
         AND to_regclass('relay.dead_letter_open') IS NOT NULL AS is_complete
