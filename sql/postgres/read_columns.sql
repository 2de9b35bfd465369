-- $1 table id. Columns in their order.
SELECT attribute.attname::text AS name,
       format_type(attribute.atttypid, attribute.atttypmod) AS type,
       NOT attribute.attnotnull AS is_nullable,
       attribute.atthasdef OR attribute.attidentity <> '' OR attribute.attgenerated <> '' AS has_default,
       attribute.attgenerated <> '' OR attribute.attidentity = 'a' AS is_computed,
       coalesce(collation_used.collisdeterministic, true) AS is_deterministic,
       coalesce(attribute.attnum = ANY (key.indkey), false) AS is_key
FROM pg_attribute AS attribute
LEFT JOIN pg_collation AS collation_used ON collation_used.oid = attribute.attcollation
LEFT JOIN pg_index AS key
  ON key.indrelid = attribute.attrelid AND key.indisprimary AND key.indimmediate AND key.indisvalid
WHERE attribute.attrelid = $1::bigint::oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
ORDER BY attribute.attnum
