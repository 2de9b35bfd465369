-- After a reconnect: $1 stream, $2 owner, $3 lease in ms, $4 and $5 lowest and highest epoch that can be ours.
-- The row's lock makes this wait for a transaction of ours that the server is still working on. The new
-- epoch shuts out one that it has not begun with: its guard will fail.
UPDATE relay.checkpoint
SET epoch = $5::bigint + 1,
    lease_until = clock_timestamp() + $3::bigint * interval '1 millisecond',
    updated_at = clock_timestamp()
WHERE stream = $1::text AND owner = $2::text AND epoch BETWEEN $4::bigint AND $5::bigint
RETURNING epoch, token, floor(extract(epoch FROM cluster_time))::bigint, cluster_time_increment, pipeline_hash
