// Progress of snapshots in relay.snapshot: written with the batch that holds the rows, read back at
// the start. Private to apply/.
#pragma once

#include <string>
#include <vector>

#include "apply/pg_pipeline.h"
#include "core/batch.h"
#include "core/result.h"
#include "core/snapshot.h"

namespace relay {

void queue_snapshot_preparation(PgPipeline& pipeline);

// Queues what the batch says of the parts of its tables.
void queue_snapshots(PgPipeline& pipeline, const std::string& stream, const Batch& batch);

// All parts of the stream's tables. sink_refused: a row that nobody can read.
Result<std::vector<SnapshotPart>> load_snapshot_parts(PgConnection& connection,
                                                      const std::string& stream);

// Of an answer with the columns of load_snapshot_parts.sql; `doing` is for the error.
Result<std::vector<SnapshotPart>> read_snapshot_parts(const PgAnswer& answer,
                                                      const std::string& doing);

}  // namespace relay
