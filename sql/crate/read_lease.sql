-- $1 stream. By the primary key, so that it sees what was written a moment ago.
SELECT _seq_no, _primary_term, owner, epoch, extract(epoch FROM lease_until), extract(epoch FROM current_timestamp),
       token, extract(epoch FROM cluster_time), cluster_time_increment, pipeline_hash
FROM relay.checkpoint
WHERE stream = $1
