SELECT owner, greatest(ceil(extract(epoch FROM lease_until - clock_timestamp())), 0)::bigint
FROM relay.checkpoint
WHERE stream = $1::text
