-- $1 stream. Where the tables are, and whether a relay holds the stream at this moment.
SELECT cluster_time IS NOT NULL,
       floor(extract(epoch FROM cluster_time))::bigint,
       cluster_time_increment,
       coalesce(lease_until > clock_timestamp(), false)
FROM relay.checkpoint
WHERE stream = $1::text
