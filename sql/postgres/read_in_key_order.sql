-- For a session that reads keys in pages: by the index of the key from the last one on. A plan that collects and
-- sorts the rest of the table would do so for every page.
SELECT set_config('enable_sort', 'off', false), set_config('enable_bitmapscan', 'off', false)
