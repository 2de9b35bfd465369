SELECT token, cluster_seconds, cluster_increment, pipeline_hash
FROM checkpoint
WHERE stream = ?1
