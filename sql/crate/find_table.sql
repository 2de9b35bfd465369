-- $1 "schema.table".
SELECT count(*) FROM information_schema.tables WHERE table_schema || '.' || table_name = $1
