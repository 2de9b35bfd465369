// Readers of the backlog: what the relay's source costs when nothing is done with the events.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/change_event.h"
#include "source/mongo_source.h"
#include "stopwatch.h"

namespace relay {

struct StreamStart {
  std::string source_uri;
  std::string database;
  ClusterTime time;  // Inclusive.
};

enum class Fetching {
  nothing,  // Events only.
  batches,  // The documents that changed too, as the relay does: each once a reply, in one find.
};

// Opened at `start.time`.
std::unique_ptr<MongoSource> open_source(const StreamStart& start);
// Opened at `at` instead.
std::unique_ptr<MongoSource> open_source(const StreamStart& start, const StartPoint& at);

// Calls `use` with every reply up to the newest time the source has now.
template <class Use>
void read_stream(MongoSource& source, ClusterTime until, const Use& use) {
  for (;;) {
    const Reply reply = take(source.next());
    use(reply);
    if (!reply.is_full && reply.end.cluster_time >= until) return;
  }
}

// The last event of each key of a reply, by key text, with the document keys to look up. Views into
// the reply.
struct LastEvents {
  std::map<std::string, ChangeEvent> by_key;
  std::vector<RawDocument> changed;
  ClusterTime newest;
};

LastEvents last_events(const Reply& reply);

// Reads the backlog with the relay's own source and prints the figures.
int drain(const StreamStart& start, Fetching fetching);

// The same with `updateLookup`: the server fetches the document of every update. `events` are
// wanted.
int drain_update_lookup(const StreamStart& start, std::size_t events);

}  // namespace relay
