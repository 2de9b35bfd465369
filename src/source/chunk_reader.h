// Reading a piece of a collection in the order of `_id`.
//
//   low = the primary's time
//   find from .. to, at {majority, afterClusterTime: low}, a few documents first
//   until the chunk is full: getMore, about 2 MB each
//   high = operationTime of the last reply
//
// Bounds are `min` and `max` on the index of `_id`, never $gt and $lt: those stay within one type
// of value. Documents a server has sent are all delivered, none is sent twice.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/result.h"
#include "source/bson_document.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

Result<Chunk> read_chunk(MongoConnection& connection, const ChunkRequest& request);

// How many documents the next reply may have, given what the chunk holds by now.
std::int32_t next_batch_size(const Chunk& chunk, const ChunkRequest& request);

// The find that begins a chunk; bounds as the request has them.
BsonDocument build_chunk_find(const ChunkRequest& request);

}  // namespace relay
