-- Relays that create schemas and tables do it one after the other: IF NOT EXISTS does not protect two
-- sessions from each other. The number is "relay" in ASCII.
SELECT pg_advisory_xact_lock(491327873401)
