-- Settings the server does not know (older versions) are left out by the join.
--   $1 statement timeout in ms.
--   synchronous_commit: a position that is durable beside rows that are not would lose them.
--   keepalives: a relay that vanished in the middle of a batch holds the lock on its checkpoint row.
--   TimeZone and what follows it: text of a value means one thing only, whatever the role's settings are.
--   enable_seqscan, plan_cache_mode, jit: every statement here goes by key, whatever the statistics say.
SELECT set_config(wanted.name, wanted.value, false)
FROM (VALUES
  ('statement_timeout', $1::bigint::text),
  ('idle_in_transaction_session_timeout', $1::bigint::text),
  ('synchronous_commit',
   CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END),
  ('tcp_keepalives_idle', '10'),
  ('tcp_keepalives_interval', '5'),
  ('tcp_keepalives_count', '3'),
  ('tcp_user_timeout', '30000'),
  ('client_connection_check_interval', '5000'),
  ('TimeZone', 'UTC'),
  ('DateStyle', 'ISO, YMD'),
  ('extra_float_digits', '1'),
  ('bytea_output', 'hex'),
  ('enable_seqscan', 'off'),
  ('plan_cache_mode', 'force_generic_plan'),
  ('jit', 'off')
) AS wanted (name, value)
JOIN pg_settings USING (name)
