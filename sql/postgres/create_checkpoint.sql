-- One row a stream: how far the tables are, and who may write them. cluster_time alone cannot tell the
-- events of one second apart, so the counter within the second stands beside it.
CREATE TABLE IF NOT EXISTS relay.checkpoint (
  stream TEXT PRIMARY KEY,
  token TEXT,
  cluster_time TIMESTAMPTZ,
  cluster_time_increment BIGINT,
  pipeline_hash TEXT,
  owner TEXT,
  epoch BIGINT NOT NULL,
  lease_until TIMESTAMPTZ,
  updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
