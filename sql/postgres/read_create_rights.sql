-- $1 schema. Whether the current role may make it, and a table in it; the latter is NULL while there is no schema.
SELECT has_database_privilege(current_database(), 'CREATE') AS may_make_schema,
       has_schema_privilege(to_regnamespace(quote_ident($1::text))::oid, 'USAGE')
         AND has_schema_privilege(to_regnamespace(quote_ident($1::text))::oid, 'CREATE') AS may_make_table
