-- $1 stream. Says in pg_locks which session writes the stream, until it ends. Shared, so that nobody waits for it: who may
-- write is decided by relay.checkpoint alone. The number is "rela" in ASCII.
SELECT pg_advisory_lock_shared(1919249505, hashtext($1::text))
