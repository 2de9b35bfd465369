// What a change stream delivers: scope, filter and options, and the pipeline made from them. Pure.
//
// Invariant: two definitions with the same hash deliver the same events, so that a resume token of
// one is good for the other.
#pragma once

#include <span>
#include <string>

#include "core/name_space.h"
#include "source/bson_document.h"
#include "source/change_source.h"
#include "source/stream_scope.h"

namespace relay {

struct StreamDefinition {
  StreamScope scope;
  bool is_filtered = false;          // The server picks the events of scope.exact.
  bool has_expanded_events = false;  // create, modify, ...: servers from 6.0.
  bool wants_deltas = false;         // Updates say what they changed (updateDescription).
  bool wants_post_images = false;    // Updates bring their document, where the server keeps it.
  bool splits_large_events = false;  // Into fragments: servers from 6.0.9.
};

// True when the server should filter: some of what exists in the scope is not wanted. A $match
// costs the server 1.7 to 4.8 us an event that matches, against 9 us for the event itself, so it
// has to leave something out to be worth it (docs/source.md).
bool needs_filter(const StreamScope& scope, std::span<const Namespace> existing);

// The database that `aggregate` is sent to.
std::string stream_database(const StreamScope& scope);

// `start` itself, or the cluster time of its checkpoint when the token is of another definition or
// missing.
StartPoint usable_start(const StreamDefinition& definition, const StartPoint& start);

// An array of stages, in the form BsonDocument::add_array takes. `start` is a usable one. The same
// tokens are good for every form, since they differ in a $project only.
BsonDocument build_pipeline(const StreamDefinition& definition,
                            const StartPoint& start,
                            ReplyForm form = ReplyForm::many);

// 16 lower-case hex digits.
std::string hash_of(const StreamDefinition& definition);

}  // namespace relay
