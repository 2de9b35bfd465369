-- For the rest of the transaction: $1 longest statement, $2 longest wait for a lock, in ms.
SELECT set_config('statement_timeout', $1::bigint::text, true),
       set_config('lock_timeout', $2::bigint::text, true)
