-- For a session that reads tables from end to end, which takes as long as it takes: as the planner likes, and
-- without writing by mistake.
SELECT set_config('statement_timeout', '0', false),
       set_config('enable_seqscan', 'on', false),
       set_config('plan_cache_mode', 'auto', false),
       set_config('default_transaction_read_only', 'on', false)
