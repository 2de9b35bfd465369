-- The first claim of a stream: $1 stream, $2 owner, $3 lease in ms. No row comes back when another relay's lease
-- has not ended. clock_timestamp(), because now() is older than a wait for the row's lock.
INSERT INTO relay.checkpoint AS stored (stream, owner, epoch, lease_until)
VALUES ($1::text, $2::text, 1, clock_timestamp() + $3::bigint * interval '1 millisecond')
ON CONFLICT (stream) DO UPDATE
SET owner = EXCLUDED.owner,
    epoch = stored.epoch + 1,
    lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond',
    updated_at = clock_timestamp()
WHERE stored.owner = EXCLUDED.owner
   OR stored.lease_until IS NULL
   OR stored.lease_until <= clock_timestamp()
RETURNING epoch, token, floor(extract(epoch FROM cluster_time))::bigint, cluster_time_increment, pipeline_hash
