-- $1 schema, $2 table as schema.table. Of the session's user; a table need not be there.
SELECT current_user, has_schema_privilege($1, 'CREATE'), has_table_privilege($2, 'SELECT'),
       has_table_privilege($2, 'INSERT')
