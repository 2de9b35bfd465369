-- The rights that relay uses on CrateDB. As the user crate, with a password of your own:
--
--   crash --hosts https://crate1.example.com:4200 --username crate < examples/roles/cratedb.sql
--
-- DDL makes tables, DML writes them, DQL reads them and refreshes. Schemas need not exist yet; name yours for sales.
CREATE USER relay WITH (password = 'write your own');
GRANT DQL, DML, DDL ON SCHEMA relay TO relay;
GRANT DQL, DML, DDL ON SCHEMA sales TO relay;
