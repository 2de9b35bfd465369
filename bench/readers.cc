#include "readers.h"

#include <optional>

#include <mongoc/mongoc.h>

#include "backlog.h"
#include "decode/event_decoder.h"
#include "decode/key_text.h"

namespace relay {

std::unique_ptr<MongoSource> open_source(const StreamStart& start) {
  return open_source(start, StartAtTime{start.time});
}

std::unique_ptr<MongoSource> open_source(const StreamStart& start, const StartPoint& at) {
  MongoSourceOptions options;
  options.uri = Secret(start.source_uri);
  options.scope = {.database = start.database, .exact = {{start.database, kBacklogCollection}}};
  std::unique_ptr<MongoSource> source = take(MongoSource::make(std::move(options)));
  take(source->open(at));
  return source;
}

LastEvents last_events(const Reply& reply) {
  LastEvents last;
  EventWalker walker(reply.events);
  while (std::optional<RawDocument> raw = take(walker.next())) {
    const ChangeEvent event = take(decode_event(*raw));
    std::string key;
    if (!append_key_text(event.document_key, key)) fail("a key without _id");
    last.by_key[key] = event;
    last.newest = event.cluster_time;
  }
  for (const auto& [key, event] : last.by_key) {
    if (event.operation == OperationType::update) last.changed.push_back(event.document_key);
  }
  return last;
}

int drain(const StreamStart& start, Fetching fetching) {
  const std::unique_ptr<MongoSource> source = open_source(start);
  const ClusterTime until = take(source->current_time());
  std::size_t events = 0;
  const Stopwatch watch;
  read_stream(*source, until, [&](const Reply& reply) {
    events += reply.event_count;
    if (fetching == Fetching::nothing || reply.event_count == 0) return;
    const LastEvents last = last_events(reply);
    if (last.changed.empty()) return;
    take(source->look_up({.ns = {start.database, kBacklogCollection},
                          .keys = last.changed,
                          .not_before = last.newest},
                         [](RawDocument) { return true; }));
  });
  watch.print("drain", events);
  return 0;
}

int drain_update_lookup(const StreamStart& start, std::size_t events) {
  mongoc_client_t* client = mongoc_client_new(start.source_uri.c_str());
  mongoc_collection_t* collection =
      mongoc_client_get_collection(client, start.database.c_str(), kBacklogCollection);
  bson_t* options = BCON_NEW("fullDocument",
                             "updateLookup",
                             "batchSize",
                             BCON_INT32(MongoSourceOptions().batch_size),
                             "maxAwaitTimeMS",
                             BCON_INT64(500),
                             "startAtOperationTime",
                             BCON_TIMESTAMP(static_cast<std::int32_t>(start.time.seconds),
                                            static_cast<std::int32_t>(start.time.increment)));
  bson_t pipeline = BSON_INITIALIZER;
  // Connecting is not measured in any of the readers.
  bson_t ping = BSON_INITIALIZER;
  BSON_APPEND_INT32(&ping, "ping", 1);
  if (!mongoc_client_command_simple(client, "admin", &ping, nullptr, nullptr, nullptr))
    fail("reach the source");
  const Stopwatch watch;
  mongoc_change_stream_t* stream = mongoc_collection_watch(collection, &pipeline, options);
  const bson_t* event = nullptr;
  std::size_t seen = 0;
  while (seen < events && mongoc_change_stream_next(stream, &event))
    ++seen;
  watch.print("drain-update-lookup", seen);
  mongoc_change_stream_destroy(stream);
  bson_destroy(options);
  bson_destroy(&ping);
  mongoc_collection_destroy(collection);
  mongoc_client_destroy(client);
  return seen == events ? 0 : 1;
}

}  // namespace relay
