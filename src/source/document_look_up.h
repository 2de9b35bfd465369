// DocumentLookUp: current versions of documents by _id, many in one find.
//
//   for each chunk of keys:
//     find {_id: {$in: [...]}} at {majority, afterClusterTime}
//     while the cursor has more (a reply holds 16 MB): getMore
//
// One thread: the assembling one. Its connection is kept between calls and dropped after an error.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "core/result.h"
#include "source/change_source.h"
#include "source/mongo_connection.h"

namespace relay {

// As many keys as a batch has rows: a find with 5,000 random keys costs the server a quarter less
// for each than five with 1,000. How much the answers hold is not bounded here but by the batch,
// and in one reply by the server's 16 MB.
struct LookUpLimits {
  std::size_t keys_max = 5'000;
  // A command may have 16 MB. A single larger key still goes.
  std::size_t key_bytes_max = 4U << 20U;
};

// How many of `keys`, from the first on, go into one find. At least one.
std::size_t chunk_size(std::span<const RawDocument> keys, const LookUpLimits& limits);

// Majority-committed data, not older than `not_before` (zero: any).
BsonDocument build_read_concern(ClusterTime not_before);

// bad_document: a key without _id.
Result<BsonDocument> build_find(std::string_view collection, std::span<const RawDocument> keys);

class DocumentLookUp {
 public:
  using Visit = std::function<bool(RawDocument)>;

  // `pool` outlives it.
  explicit DocumentLookUp(MongoPool& pool) : pool_(pool) {}

  Status run(const LookUp& request, const Visit& visit);

 private:
  enum class Next : std::uint8_t { more, enough };

  Result<Next> run_chunk(NamespaceView ns,
                         ClusterTime not_before,
                         std::span<const RawDocument> keys,
                         const Visit& visit);
  Result<Next> visit_cursor(NamespaceView ns, RawBuffer first, const Visit& visit);

  MongoPool& pool_;
  std::unique_ptr<MongoConnection> connection_;  // Null: not connected.
};

}  // namespace relay
