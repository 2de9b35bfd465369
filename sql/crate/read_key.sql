-- $1 schema, $2 table.
SELECT k.column_name FROM information_schema.table_constraints c
JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name
  AND k.table_schema = c.table_schema AND k.table_name = c.table_name
WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = $1 AND c.table_name = $2
