-- The rights that relay uses on PostgreSQL when all tables are there already and stay yours. `relay plan` prints the
-- statements that make them, those of schema relay too; run these first. Then, as the owner of the tables:
--
--   psql -v ON_ERROR_STOP=1 -v schema=sales -d warehouse -f examples/roles/postgresql-tables.sql
--   psql -d warehouse -c '\password relay'
--
-- Not enough for evolve = "add", which has to own its tables.
\if :{?role} \else \set role relay \endif
CREATE ROLE :"role" LOGIN;
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role') \gexec
GRANT USAGE ON SCHEMA relay, :"schema" TO :"role";
GRANT SELECT, INSERT, UPDATE ON relay.checkpoint, relay.dead_letter TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON relay.snapshot TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA :"schema" TO :"role";
