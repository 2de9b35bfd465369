// What a lane has read for a snapshot, on its way to the assembling stage.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/bounded_queue.h"
#include "pipeline/snapshot_board.h"
#include "source/change_source.h"

namespace relay {

struct ReadChunk {
  SnapshotClaim claim{};
  Chunk chunk{};  // Of a copy. `high` says for every job when it may be merged.
  std::vector<SnapshotPart> planned{};  // Of a plan.
  std::vector<std::string> gone{};      // Of a sweep: BSON {_id: ...} of rows without a document.
  std::optional<SnapshotPart> next{};   // Where the part goes on; nullopt: it is done.
};

using ChunkQueue = BoundedQueue<ReadChunk>;

}  // namespace relay
