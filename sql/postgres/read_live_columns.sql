-- $1 schema, $2 table. Columns in their order; none when there is no such table.
SELECT attribute.attname::text AS name,
       format_type(attribute.atttypid, attribute.atttypmod) AS type,
       NOT attribute.attnotnull AND attribute.attidentity = '' AND attribute.attgenerated = '' AS is_open,
       col_description(attribute.attrelid, attribute.attnum) AS comment
FROM pg_attribute AS attribute
JOIN pg_class AS class ON class.oid = attribute.attrelid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname = $1::text AND class.relname = $2::text
  AND attribute.attnum > 0 AND NOT attribute.attisdropped
ORDER BY attribute.attnum
