SELECT current_user::text AS role,
       current_database()::text AS database,
       current_setting('server_version') AS version,
       has_database_privilege(current_database(), 'CREATE') AS may_make_schemas
