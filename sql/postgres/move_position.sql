-- First statement of every batch: $1 stream, $2 owner, $3 epoch, $4 token, $5 and $6 cluster time, $7 pipeline
-- hash, $8 lease in ms. Raises (22012, division by zero) when the row is not ours any more: the COMMIT
-- is on its way already, so a guard that just updates nothing would let the batch through.
WITH moved AS (
  UPDATE relay.checkpoint
  SET token = nullif($4::text, ''),
      cluster_time = to_timestamp($5::bigint),
      cluster_time_increment = $6::bigint,
      pipeline_hash = $7::text,
      lease_until = clock_timestamp() + $8::bigint * interval '1 millisecond',
      updated_at = clock_timestamp()
  WHERE stream = $1::text AND owner = $2::text AND epoch = $3::bigint
  RETURNING 1
)
SELECT 1 / count(*) FROM moved
