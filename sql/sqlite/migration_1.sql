-- From an empty file to schema version 1.
CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;

-- Names this relay in leases; made once, with the file.
INSERT INTO meta (key, value) VALUES ('owner', lower(hex(randomblob(16))));

CREATE TABLE checkpoint (
  stream TEXT PRIMARY KEY NOT NULL,
  token TEXT NOT NULL,
  cluster_seconds INTEGER NOT NULL CHECK (cluster_seconds BETWEEN 0 AND 4294967295),
  cluster_increment INTEGER NOT NULL CHECK (cluster_increment BETWEEN 0 AND 4294967295),
  pipeline_hash TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;
