-- $1 schema, $2 table. Sub-columns too, as data['a']['b'].
SELECT column_name, data_type, is_nullable, column_default, is_generated, character_maximum_length
FROM information_schema.columns
WHERE table_schema = $1 AND table_name = $2
ORDER BY ordinal_position
