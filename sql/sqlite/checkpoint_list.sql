SELECT stream, token, cluster_seconds, cluster_increment, updated_at
FROM checkpoint
ORDER BY stream
