#include "source/collection_split.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "source/cursor_reply.h"

namespace relay {

namespace {

// With 200 samples in it, a part's size is right within about 7 % (one standard deviation).
constexpr std::uint64_t kSamplesPerPart = 200;
// Enough to cut somewhere useful when documents are so large that each sample is expensive: the
// server reads the whole document to know its _id.
constexpr std::uint64_t kSamplesPerPartMin = 8;
constexpr std::uint64_t kSampledBytesMax = 64U << 20U;
// $sample jumps through the collection for less than 5 % of it; for more it reads all documents.
// Walking the _id index is cheaper then.
constexpr std::uint64_t kSampledShare = 20;

constexpr std::int64_t kNoSuchCollection = 26;
// $sample met the same document again and again: a collection that is much smaller than its
// statistics say.
constexpr std::int64_t kSampleGaveUp = 28'799;

std::uint64_t find_count(RawDocument document, const char* field) {
  bson_iter_t at;
  if (!find_field(document, field, at) || !BSON_ITER_HOLDS_NUMBER(&at)) return 0;
  const std::int64_t count = bson_iter_as_int64(&at);
  return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

// `hint`: an index's key; empty: none.
Result<RawBuffer> run_stages(MongoConnection& connection,
                             NamespaceView ns,
                             const BsonArray& stages,
                             const BsonDocument& hint = {}) {
  BsonDocument command;
  command.add_text("aggregate", ns.collection);
  command.add_array("pipeline", stages.items());
  // Everything in one reply: there are as many documents as parts, or as shards.
  command.add_document("cursor", BsonDocument().add_int32("batchSize", 10'000));
  command.add_bool("allowDiskUse", true);
  if (!hint.is_empty()) command.add_document("hint", hint);
  const std::string doing = "split " + format_namespace(ns);
  return connection.run(
      {.phase = SourcePhase::snapshot, .doing = doing, .database = ns.database, .body = command});
}

Error malformed(NamespaceView ns) {
  return {ErrorKind::bad_document,
          "split " + format_namespace(ns) + ": the reply is not understood",
          ""};
}

Result<std::vector<KeyBound>> choose_bounds(MongoConnection& connection,
                                            NamespaceView ns,
                                            const SplitPlan& plan) {
  BsonArray stages;
  BsonDocument hint;
  if (plan.samples == 0) {
    hint.add_int32("_id", 1);
  } else {
    const auto samples = static_cast<std::int64_t>(plan.samples);
    stages.add_document(
        BsonDocument().add_document("$sample", BsonDocument().add_int64("size", samples)));
  }
  // The server sorts and cuts: only it knows the collection's order (its collation).
  BsonDocument buckets;
  buckets.add_text("groupBy", "$_id");
  buckets.add_int32("buckets", static_cast<std::int32_t>(plan.parts));
  stages.add_document(BsonDocument().add_document("$bucketAuto", buckets));
  const Result<RawBuffer> bytes = run_stages(connection, ns, stages, hint);
  std::vector<KeyBound> bounds;
  if (!bytes.ok() && connection.last_code() == kSampleGaveUp) return bounds;
  if (!bytes.ok()) return bytes.error();
  const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
  if (!reply) return malformed(ns);
  std::size_t offset = 0;
  bool is_first = true;
  while (const std::optional<RawDocument> bucket = next_document(reply->documents, offset)) {
    // The first part begins before the first document.
    if (std::exchange(is_first, false)) continue;
    bson_iter_t at;
    bson_iter_t min;
    if (!find_field(*bucket, "_id", at) || !bson_iter_recurse(&at, &min) ||
        !bson_iter_find(&min, "min")) {
      return malformed(ns);
    }
    const BsonDocument key = BsonDocument().add_value("_id", min);
    bounds.push_back({std::string(key.view().begin(), key.view().end()), false});
  }
  return bounds;
}

}  // namespace

Result<CollectionSize> measure_collection(MongoConnection& connection, NamespaceView ns) {
  BsonDocument statistics;
  statistics.add_document("count", {}).add_document("storageStats", {});
  BsonDocument wanted;
  wanted.add_int32("count", 1).add_text("size", "$storageStats.size");
  BsonArray stages;
  stages.add_document(BsonDocument().add_document("$collStats", statistics));
  stages.add_document(BsonDocument().add_document("$project", wanted));
  const Result<RawBuffer> bytes = run_stages(connection, ns, stages);
  CollectionSize size;
  if (!bytes.ok() && connection.last_code() == kNoSuchCollection) return size;
  if (!bytes.ok()) return bytes.error();
  const std::optional<CursorReply> reply = parse_cursor_reply(bytes.value().view());
  if (!reply) return malformed(ns);
  std::size_t offset = 0;
  // One document from each shard.
  while (const std::optional<RawDocument> shard = next_document(reply->documents, offset)) {
    size.documents += find_count(*shard, "count");
    size.bytes += find_count(*shard, "size");
  }
  return size;
}

SplitPlan plan_split(const CollectionSize& size, const SplitRequest& request) {
  SplitPlan plan;
  const std::uint64_t part_min = std::max<std::uint64_t>(request.part_documents_min, 1);
  plan.parts = std::clamp<std::size_t>(
      size.documents / part_min, 1, std::max<std::size_t>(request.parts_max, 1));
  if (plan.parts == 1) return plan;
  const std::uint64_t document_bytes = std::max<std::uint64_t>(size.bytes / size.documents, 1);
  plan.samples = std::clamp<std::uint64_t>(kSampledBytesMax / document_bytes,
                                           plan.parts * kSamplesPerPartMin,
                                           plan.parts * kSamplesPerPart);
  if (plan.samples * kSampledShare >= size.documents) plan.samples = 0;
  return plan;
}

Result<CollectionSplit> split_collection(MongoConnection& connection, const SplitRequest& request) {
  const Result<CollectionSize> size = measure_collection(connection, request.ns);
  if (!size.ok()) return size.error();
  CollectionSplit split;
  split.documents_estimated = size.value().documents;
  const SplitPlan plan = plan_split(size.value(), request);
  if (plan.parts == 1) return split;
  Result<std::vector<KeyBound>> bounds = choose_bounds(connection, request.ns, plan);
  if (!bounds.ok()) return bounds.error();
  split.bounds = std::move(bounds.value());
  return split;
}

}  // namespace relay
