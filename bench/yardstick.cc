// Yardsticks for bench/run: what the relay is measured against, each alone.
//
//   yardstick initiate PORT                                    makes a fresh mongod a replica set,
//   waits for it yardstick fill   SOURCE_URI DB EVENTS BYTES UPDATE_SHARE   makes a backlog, prints
//   the time before it yardstick drain  SOURCE_URI DB SECONDS INCREMENT MODE      reads the stream
//   and throws it away
//                    MODE: plain | look-up (changed documents in batches) | update-lookup (by the
//                    server)
//   yardstick load   SOURCE_URI TARGET_URI DB SECONDS INCREMENT MODE   writes the rows of the
//   stream
//                    MODE: copy | unnest; prepares everything, prints "ready", starts at a line on
//                    stdin
//
// Prints one JSON object with its own wall and CPU seconds, without start-up.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <libpq-fe.h>
#include <mongoc/mongoc.h>
#include <sys/resource.h>

#include "backlog.h"
#include "decode/event_decoder.h"
#include "decode/key_text.h"
#include "decode/row_encoder.h"
#include "source/mongo_source.h"

namespace relay {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

template <class T>
T take(Result<T> result) {
  if (!result.ok()) fail(result.error().message);
  return std::move(result.value());
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Stopwatch {
 public:
  void print(const char* what, std::size_t count) const {
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::printf("{\"what\": \"%s\", \"count\": %zu, \"seconds\": %.4f, \"cpu_seconds\": %.4f}\n",
                what,
                count,
                wall,
                cpu_seconds() - cpu_);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

struct Arguments {
  std::vector<std::string> words;
  [[nodiscard]] const std::string& at(std::size_t i) const {
    if (i >= words.size()) fail("too few arguments, see the top of bench/yardstick.cc");
    return words[i];
  }
  [[nodiscard]] std::uint32_t number(std::size_t i) const {
    return static_cast<std::uint32_t>(std::stoul(at(i)));
  }
};

// ---- the stream ----

std::unique_ptr<MongoSource> open_source(const std::string& uri,
                                         const std::string& database,
                                         ClusterTime start) {
  MongoSourceOptions options;
  options.uri = Secret(uri);
  options.scope = {.database = database, .exact = {{database, kBacklogCollection}}};
  std::unique_ptr<MongoSource> source = take(MongoSource::make(std::move(options)));
  take(source->open(StartAtTime{start}));
  return source;
}

// Calls `use` with every reply up to the newest time the source has now.
template <class Use>
void read_stream(MongoSource& source, ClusterTime until, const Use& use) {
  for (;;) {
    const Reply reply = take(source.next());
    use(reply);
    if (!reply.is_full && reply.end.cluster_time >= until) return;
  }
}

// The last event of each key of a reply, with the keys to look up.
struct LastEvents {
  std::map<std::string, ChangeEvent> by_key;
  std::vector<RawDocument> changed;
  ClusterTime newest;
};

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

int drain(const Arguments& args) {
  const std::string& mode = args.at(4);
  const std::unique_ptr<MongoSource> source =
      open_source(args.at(0), args.at(1), {args.number(2), args.number(3)});
  const ClusterTime until = take(source->current_time());
  std::size_t events = 0;
  const Stopwatch watch;
  read_stream(*source, until, [&](const Reply& reply) {
    events += reply.event_count;
    if (mode != "look-up" || reply.event_count == 0) return;
    const LastEvents last = last_events(reply);
    if (last.changed.empty()) return;
    take(source->look_up(
        {.ns = {args.at(1), kBacklogCollection}, .keys = last.changed, .not_before = last.newest},
        [](RawDocument) { return true; }));
  });
  watch.print("drain", events);
  return 0;
}

// The same by the server: fullDocument = updateLookup, plain cursor of the driver.
int drain_update_lookup(const Arguments& args) {
  mongoc_client_t* client = mongoc_client_new(args.at(0).c_str());
  mongoc_collection_t* collection =
      mongoc_client_get_collection(client, args.at(1).c_str(), kBacklogCollection);
  bson_t* options = BCON_NEW("fullDocument",
                             "updateLookup",
                             "batchSize",
                             BCON_INT32(2'000),
                             "maxAwaitTimeMS",
                             BCON_INT64(500),
                             "startAtOperationTime",
                             BCON_TIMESTAMP(static_cast<std::int32_t>(args.number(2)),
                                            static_cast<std::int32_t>(args.number(3))));
  bson_t pipeline = BSON_INITIALIZER;
  const std::size_t wanted = std::stoul(args.at(5));
  const Stopwatch watch;
  mongoc_change_stream_t* stream = mongoc_collection_watch(collection, &pipeline, options);
  const bson_t* event = nullptr;
  std::size_t events = 0;
  while (events < wanted && mongoc_change_stream_next(stream, &event))
    ++events;
  watch.print("drain-update-lookup", events);
  mongoc_change_stream_destroy(stream);
  bson_destroy(options);
  mongoc_collection_destroy(collection);
  mongoc_client_destroy(client);
  return events == wanted ? 0 : 1;
}

// ---- the target ----

class Target {
 public:
  explicit Target(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail("connect to the target");
  }
  void run(const char* sql) { check(PQexec(connection_.get(), sql)); }
  void prepare(const char* sql) { check(PQprepare(connection_.get(), "s", sql, 0, nullptr)); }
  void upsert(const RowChunk& chunk) {
    const char* values[] = {chunk.columns[0].data(), chunk.columns[1].data()};
    const int lengths[] = {static_cast<int>(chunk.columns[0].size()),
                           static_cast<int>(chunk.columns[1].size())};
    const int formats[] = {1, 1};
    check(PQexecPrepared(connection_.get(), "s", 2, values, lengths, formats, 1));
  }
  void copy(const std::string& bytes) {
    check(PQexec(connection_.get(), "COPY yard.rows FROM STDIN (FORMAT binary)"));
    if (PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1)
      fail("copy");
    if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail("end the copy");
    check(PQgetResult(connection_.get()));
    while (PGresult* rest = PQgetResult(connection_.get()))
      PQclear(rest);
  }

 private:
  static void check(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN)
      fail("statement refused");
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

void append_int(std::string& bytes, std::uint32_t value, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(value >> static_cast<unsigned>(shift)));
}

// The rows of one transaction: for COPY as its binary file, else as arrays.
struct Load {
  std::string copy;
  RowBlock block;
  std::size_t rows = 0;
};

void add_copy_row(std::string& bytes, const std::string& key, RawDocument document) {
  append_int(bytes, 2, 2);
  append_int(bytes, static_cast<std::uint32_t>(key.size()), 4);
  bytes.append(key);
  std::string json;
  if (append_json(document, JsonForm::plain, JsonTarget::postgresql, json) != Rejection::none)
    fail("a document");
  append_int(bytes, static_cast<std::uint32_t>(json.size() + 1), 4);
  bytes.push_back(1);
  bytes.append(json);
}

std::vector<Load> prepare_loads(const Arguments& args, bool is_copy) {
  const std::unique_ptr<MongoSource> source =
      open_source(args.at(0), args.at(2), {args.number(3), args.number(4)});
  const ClusterTime until = take(source->current_time());
  const TableMapping mapping;
  const RowEncoder encoder(mapping, JsonTarget::postgresql);
  std::vector<Load> loads;
  read_stream(*source, until, [&](const Reply& reply) {
    if (reply.event_count == 0) return;
    const LastEvents last = last_events(reply);
    Load load{.copy = {}, .block = encoder.make_upserts()};
    const auto add = [&](const std::string& key, RawDocument document) {
      ++load.rows;
      if (is_copy) {
        add_copy_row(load.copy, key, document);
      } else if (encoder.add_upsert(key, document, load.block) != Rejection::none) {
        fail("a document");
      }
    };
    if (is_copy) load.copy.append("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    for (const auto& [key, event] : last.by_key) {
      if (!event.full_document.empty()) add(key, event.full_document);
    }
    if (!last.changed.empty()) {
      take(source->look_up(
          {.ns = {args.at(2), kBacklogCollection}, .keys = last.changed, .not_before = last.newest},
          [&](RawDocument document) {
            std::string key;
            if (!append_key_text(document, key)) fail("a key without _id");
            add(key, document);
            return true;
          }));
    }
    if (is_copy) append_int(load.copy, 0xFFFFU, 2);
    load.block.seal();
    loads.push_back(std::move(load));
  });
  return loads;
}

int load(const Arguments& args) {
  const bool is_copy = args.at(5) == "copy";
  const std::vector<Load> loads = prepare_loads(args, is_copy);
  Target target(args.at(1));
  target.run("DROP SCHEMA IF EXISTS yard CASCADE");
  target.run("CREATE SCHEMA yard");
  // COPY handles no conflicts, so it gets no key when keys repeat: a ceiling is a ceiling.
  target.run(is_copy ? "CREATE TABLE yard.rows (oid text, data jsonb NOT NULL)"
                     : "CREATE TABLE yard.rows (oid text PRIMARY KEY, data jsonb NOT NULL)");
  if (is_copy && args.words.size() > 6) target.run("ALTER TABLE yard.rows ADD PRIMARY KEY (oid)");
  if (!is_copy) {
    target.prepare(
        "INSERT INTO yard.rows (oid, data) SELECT unnest($1::text[]), unnest($2::text[])::jsonb "
        "ON CONFLICT (oid) DO UPDATE SET data = EXCLUDED.data");
  }
  std::puts("ready");
  std::fflush(stdout);
  std::string go;
  std::getline(std::cin, go);
  std::size_t rows = 0;
  const Stopwatch watch;
  for (const Load& next : loads) {
    target.run("BEGIN");
    if (is_copy) target.copy(next.copy);
    for (const RowChunk& chunk : next.block.chunks())
      target.upsert(chunk);
    target.run("COMMIT");
    rows += next.rows;
  }
  watch.print(is_copy ? "copy" : "unnest", rows);
  return 0;
}

}  // namespace
}  // namespace relay

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string command = argv[1];
  const relay::Arguments args{{argv + 2, argv + argc}};
  mongoc_init();
  try {
    if (command == "initiate") return relay::initiate(args.at(0));
    if (command == "fill")
      return relay::fill({.source_uri = args.at(0),
                          .database = args.at(1),
                          .events = args.number(2),
                          .document_bytes = args.number(3),
                          .update_share = std::stod(args.at(4))});
    if (command == "load") return relay::load(args);
    if (command == "drain") {
      return args.at(4) == "update-lookup" ? relay::drain_update_lookup(args) : relay::drain(args);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 2;
}
