-- 0: an empty file, which may become a state file whatever made it.
SELECT count(*) FROM sqlite_schema
