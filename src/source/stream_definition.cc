#include "source/stream_definition.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "source/collection_list.h"
#include "source/resume_token.h"

namespace relay {

namespace {

bool is_wanted(const StreamScope& scope, const Namespace& ns) {
  return std::ranges::any_of(scope.exact, [&](const Namespace& wanted) {
    return wanted.database == ns.database &&
           (wanted.collection.empty() || wanted.collection == ns.collection);
  });
}

void add_start(BsonDocument& options, const StartPoint& start) {
  if (const auto* at = std::get_if<StartAtTime>(&start)) {
    options.add_time("startAtOperationTime", at->time);
  } else if (const auto* after = std::get_if<StartAfter>(&start)) {
    // startAfter and not resumeAfter: it takes the token of an invalidate event too.
    options.add_document("startAfter", to_token_document(after->checkpoint.position.token));
  }
}

// Wanted collections by database; an empty list: the whole database.
std::map<std::string, BsonArray> group_by_database(const StreamScope& scope) {
  std::map<std::string, BsonArray> collections;
  std::vector<Namespace> sorted = scope.exact;
  std::ranges::sort(sorted);  // The hash must not depend on the order in the settings.
  const auto repeated = std::ranges::unique(sorted);
  sorted.erase(repeated.begin(), repeated.end());
  for (const Namespace& ns : sorted) {
    BsonArray& names = collections[ns.database];
    const bool is_whole_database = is_wanted(scope, {ns.database, ""});
    if (!is_whole_database) names.add_text(ns.collection);
  }
  return collections;
}

// `prefix` is "ns" or "to": a rename onto a wanted name has it in `to` only, and replaces the
// collection.
BsonDocument match_names(std::string_view prefix,
                         const StreamScope& scope,
                         const std::string& database,
                         const BsonArray& collections) {
  BsonDocument match;
  // The database is implied by the scope, except in a stream of the whole cluster.
  if (scope.database.empty()) match.add_text(std::string(prefix) + ".db", database);
  if (!collections.empty()) {
    BsonDocument in;
    in.add_array("$in", collections.items());
    // ns.coll with $in, not ns with $in: it becomes a filter on the oplog and is more than twice as
    // fast.
    match.add_document(std::string(prefix) + ".coll", in);
  }
  return match;
}

BsonDocument build_match(const StreamScope& scope) {
  BsonArray alternatives;
  for (const auto& [database, collections] : group_by_database(scope)) {
    alternatives.add_document(match_names("ns", scope, database, collections));
    alternatives.add_document(match_names("to", scope, database, collections));
  }
  BsonDocument match;
  match.add_array("$or", alternatives.items());
  return match;
}

}  // namespace

bool needs_filter(const StreamScope& scope, std::span<const Namespace> existing) {
  if (scope.everything || scope.exact.empty()) return false;
  return !std::ranges::all_of(existing, [&](const Namespace& ns) {
    // The server leaves system collections and its own databases out by itself.
    return is_system_collection(view_of(ns)) || is_wanted(scope, ns);
  });
}

std::string stream_database(const StreamScope& scope) {
  return scope.database.empty() ? "admin" : scope.database;
}

StartPoint usable_start(const StreamDefinition& definition, const StartPoint& start) {
  const auto* after = std::get_if<StartAfter>(&start);
  if (after == nullptr) return start;
  const Checkpoint& checkpoint = after->checkpoint;
  if (!checkpoint.position.token.empty() && checkpoint.pipeline_hash == hash_of(definition)) {
    return start;
  }
  return StartAtTime{checkpoint.position.cluster_time};
}

BsonDocument build_pipeline(const StreamDefinition& definition,
                            const StartPoint& start,
                            ReplyForm form) {
  const bool is_bare = form == ReplyForm::bare;
  BsonDocument options;
  if (definition.scope.database.empty()) options.add_bool("allChangesForCluster", true);
  if (definition.has_expanded_events) options.add_bool("showExpandedEvents", true);
  // Not updateLookup: the server would look up one document an event, at three times the cost.
  if (definition.wants_post_images && !is_bare) options.add_text("fullDocument", "whenAvailable");
  add_start(options, start);

  BsonArray stages;
  stages.add_document(BsonDocument().add_document("$changeStream", options));
  if (definition.is_filtered) {
    stages.add_document(BsonDocument().add_document("$match", build_match(definition.scope)));
  }
  // Updated documents are looked up, so only a log of events reads the delta. Without it events get
  // smaller, and one whose delta alone would exceed 16 MB still passes, since the limit is checked
  // after the pipeline.
  BsonDocument left_out;
  if (!definition.wants_deltas || is_bare) left_out.add_int32("updateDescription", 0);
  if (is_bare) left_out.add_int32("fullDocument", 0);
  if (!left_out.is_empty()) {
    stages.add_document(BsonDocument().add_document("$project", left_out));
  }
  // Has to be the last one. It also looks at the event that the stream starts after, and fails when
  // that one cannot be split: behind such an event there is no way to begin but without it.
  const bool is_split = form == ReplyForm::many || form == ReplyForm::single;
  if (definition.splits_large_events && is_split) {
    stages.add_document(BsonDocument().add_document("$changeStreamSplitLargeEvent", {}));
  }
  return stages.items();
}

std::string hash_of(const StreamDefinition& definition) {
  const std::string text =
      stream_database(definition.scope) + "\n" + build_pipeline(definition, StartNow{}).json();
  std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a, 64 bits.
  for (const char c : text) {
    hash ^= static_cast<std::uint8_t>(c);
    hash *= 1'099'511'628'211U;
  }
  std::string hex;
  for (int shift = 60; shift >= 0; shift -= 4)
    hex.push_back("0123456789abcdef"[(hash >> shift) & 15U]);
  return hex;
}

}  // namespace relay
