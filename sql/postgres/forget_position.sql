-- As if nothing had ever been stored: $1 stream, $2 owner, $3 epoch. The row stays, and with it the epoch that shuts
-- out earlier relays. Raises (22012) when the row is not ours any more.
WITH forgotten AS (
  UPDATE relay.checkpoint
  SET token = NULL,
      cluster_time = NULL,
      cluster_time_increment = NULL,
      pipeline_hash = NULL,
      updated_at = clock_timestamp()
  WHERE stream = $1::text AND owner = $2::text AND epoch = $3::bigint
  RETURNING 1
)
SELECT 1 / count(*) FROM forgotten
