-- As take_lease.sql, and $8 token, $9 cluster time, $10 its increment, $11 hash of the pipeline.
UPDATE relay.checkpoint SET owner = $4, epoch = $5::bigint, lease_until = $6, updated_at = $7,
  token = $8, cluster_time = $9, cluster_time_increment = $10::bigint, pipeline_hash = $11
WHERE stream = $1 AND _seq_no = $2::bigint AND _primary_term = $3::bigint
