// CrateParts: progress of snapshots in relay.snapshot, written after the rows it speaks of were
// acknowledged. Private to apply/.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "apply/pg_connection.h"
#include "core/batch.h"
#include "core/result.h"
#include "core/snapshot.h"

namespace relay {

class CrateParts {
 public:
  explicit CrateParts(std::string stream) : stream_(std::move(stream)) {}

  Result<std::vector<SnapshotPart>> load(PgConnection& connection);

  // Before the tables are made: one that was copied and is not there any more, because somebody has
  // dropped it, waits for its copy again. Changes `parts`, as load() has told them, and the target.
  Status reset_lost_tables(PgConnection& connection,
                           std::vector<SnapshotPart>& parts,
                           double now_seconds);

  // What is stored when the connection breaks in between is older than the rows, never newer.
  Status store(PgConnection& connection, const Batch& batch, double now_seconds);

  // All of the stream.
  Status remove_all(PgConnection& connection);

 private:
  Status store_part(PgConnection& connection, const SnapshotPart& part, double now_seconds);
  Status remove_others(PgConnection& connection, const SnapshotUpdate& update);

  std::string stream_;
  std::map<std::string, std::set<int>> known_;  // Part numbers that a table has stored.
};

}  // namespace relay
