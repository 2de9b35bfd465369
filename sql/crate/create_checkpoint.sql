-- As on PostgreSQL: docs/targets.md.
CREATE TABLE IF NOT EXISTS relay.checkpoint (
  stream TEXT PRIMARY KEY,
  token TEXT,
  cluster_time TIMESTAMP WITH TIME ZONE,
  cluster_time_increment BIGINT,
  pipeline_hash TEXT,
  owner TEXT,
  epoch BIGINT,
  lease_until TIMESTAMP WITH TIME ZONE,
  updated_at TIMESTAMP WITH TIME ZONE
)
