-- The rights that relay uses on PostgreSQL when it makes its tables itself. As an administrator of the database:
--
--   psql -v ON_ERROR_STOP=1 -v schema=sales -d warehouse -f examples/roles/postgresql.sql
--   psql -d warehouse -c '\password relay'
--
-- It owns schema relay, where its books are, and the tables that it makes in the schema named above; run the last two
-- statements once more for each further schema. For tables that stay yours: postgresql-tables.sql.
\if :{?role} \else \set role relay \endif
CREATE ROLE :"role" LOGIN;
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'role') \gexec
CREATE SCHEMA relay AUTHORIZATION :"role";
CREATE SCHEMA IF NOT EXISTS :"schema";
GRANT USAGE, CREATE ON SCHEMA :"schema" TO :"role";
