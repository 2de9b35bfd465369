-- $1 longest wait for a lock in this transaction, in ms.
SELECT set_config('lock_timeout', $1::bigint::text, true)
