SELECT stream, tbl, state FROM relay.snapshot ORDER BY stream, tbl
