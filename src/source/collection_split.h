// Where to cut a collection into ranges of about equal size, by `_id` in the server's own order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/result.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

// What the server's statistics say.
struct CollectionSize {
  std::uint64_t documents = 0;  // An estimate after a crash of the server.
  std::uint64_t bytes = 0;      // Of the documents, uncompressed.
};

// A collection that does not exist has no documents.
Result<CollectionSize> measure_collection(MongoConnection& connection, NamespaceView ns);

struct SplitPlan {
  std::size_t parts = 1;
  // Random documents that the bounds are chosen from; 0: all `_id`s, by walking the index.
  std::uint64_t samples = 0;
};
// A split that needs no bounds has one part.
SplitPlan plan_split(const CollectionSize& size, const SplitRequest& request);

// A collection that does not exist has one part and no documents. Bounds are the server's own
// values of existing documents.
Result<CollectionSplit> split_collection(MongoConnection& connection, const SplitRequest& request);

}  // namespace relay
