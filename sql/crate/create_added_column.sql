-- Which field a column holds that was added for it (evolve = "add"): there are no comments on columns. A row is
-- written behind its column, and before the first value of it.
CREATE TABLE IF NOT EXISTS relay.added_column (
  tbl TEXT,
  col TEXT,
  field TEXT,
  type TEXT,
  added_at TIMESTAMP WITH TIME ZONE,
  PRIMARY KEY (tbl, col)
)
