-- $1 schema, $2 table. One row always.
SELECT to_regnamespace(quote_ident($1::text)) IS NOT NULL AS has_schema,
       class.oid::bigint AS id,
       class.relkind::text AS kind,
       current_user::text AS role,
       current_database()::text AS database
FROM (VALUES (1)) AS always (one)
LEFT JOIN pg_class AS class
  ON class.relname = $2::text
 AND class.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1::text)
