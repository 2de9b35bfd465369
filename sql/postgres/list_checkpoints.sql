-- Every stream's row. Times as seconds since 1970, the lease's by the server's own clock.
SELECT stream, token, floor(extract(epoch FROM cluster_time))::bigint, cluster_time_increment, pipeline_hash, owner,
       epoch, extract(epoch FROM lease_until), extract(epoch FROM clock_timestamp()), extract(epoch FROM updated_at)
FROM relay.checkpoint
ORDER BY stream
