-- $1 schema, $2 table id. The rights that the current role does not have and a batch needs.
SELECT wanted.name
FROM (VALUES
  (0, 'USAGE', has_schema_privilege(quote_ident($1::text)::regnamespace::oid, 'USAGE')),
  (1, 'SELECT', has_table_privilege($2::bigint::oid, 'SELECT')),
  (2, 'INSERT', has_table_privilege($2::bigint::oid, 'INSERT')),
  (3, 'UPDATE', has_table_privilege($2::bigint::oid, 'UPDATE')),
  (4, 'DELETE', has_table_privilege($2::bigint::oid, 'DELETE'))
) AS wanted (place, name, is_granted)
WHERE NOT wanted.is_granted
ORDER BY wanted.place
