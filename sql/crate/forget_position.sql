-- As take_lease.sql. The row stays, and with it the epoch that shuts out earlier relays.
UPDATE relay.checkpoint SET owner = $4, epoch = $5::bigint, lease_until = $6, updated_at = $7,
  token = NULL, cluster_time = NULL, cluster_time_increment = NULL, pipeline_hash = NULL
WHERE stream = $1 AND _seq_no = $2::bigint AND _primary_term = $3::bigint
