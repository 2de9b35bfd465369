-- Changes no row when the stored position is newer: the caller takes that as a refusal.
INSERT INTO checkpoint (stream, token, cluster_seconds, cluster_increment, pipeline_hash, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
ON CONFLICT (stream) DO UPDATE SET
  token = excluded.token,
  cluster_seconds = excluded.cluster_seconds,
  cluster_increment = excluded.cluster_increment,
  pipeline_hash = excluded.pipeline_hash,
  updated_at = excluded.updated_at
WHERE (excluded.cluster_seconds, excluded.cluster_increment)
  >= (checkpoint.cluster_seconds, checkpoint.cluster_increment)
