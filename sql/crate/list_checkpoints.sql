-- As on PostgreSQL. After REFRESH.
SELECT stream, token, extract(epoch FROM cluster_time), cluster_time_increment, pipeline_hash, owner,
       epoch, extract(epoch FROM lease_until), extract(epoch FROM current_timestamp), extract(epoch FROM updated_at)
FROM relay.checkpoint
ORDER BY stream
