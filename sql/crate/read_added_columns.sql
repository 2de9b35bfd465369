-- $1 table. After REFRESH.
SELECT col, field, type FROM relay.added_column WHERE tbl = $1
