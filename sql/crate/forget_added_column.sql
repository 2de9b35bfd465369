-- $1 table, $2 column.
DELETE FROM relay.added_column WHERE tbl = $1 AND col = $2
