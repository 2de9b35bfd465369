-- $1 table, $2 column, $3 field, $4 type, $5 now.
INSERT INTO relay.added_column (tbl, col, field, type, added_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tbl, col) DO UPDATE SET field = excluded.field, type = excluded.type, added_at = excluded.added_at
