-- $1 stream. By the primary key, so that it sees what was written a moment ago. The cluster time is stored in whole
-- seconds.
SELECT cluster_time IS NOT NULL, extract(epoch FROM cluster_time)::bigint, cluster_time_increment,
       lease_until > current_timestamp
FROM relay.checkpoint
WHERE stream = $1
