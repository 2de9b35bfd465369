// What the tests of MongoSource share: one server, a writer beside the source, and a reader that
// keeps what it read.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mongoc/mongoc.h>

#include "source/bson_document.h"
#include "source/mongo_source.h"
#include "support/mongo_server.h"

namespace relay {

// Shared by the tests of one program; started by the first.
MongoServer& shared_server();

// A database name that no other test uses.
std::string fresh_database();

// A second client of the server, which writes and looks around. Throws std::runtime_error on any
// error.
class MongoShell {
 public:
  explicit MongoShell(const std::string& uri = shared_server().uri());

  // The command's reply.
  BsonDocument run(const std::string& database, const BsonDocument& command);
  BsonDocument run(const std::string& database, const std::string& command_json);

  // {_id, n: 0} documents, _id as JSON: "1", "\"a\"".
  void insert(const std::string& database,
              const std::string& collection,
              const std::string& id_json);
  // {_id: first} to {_id: first + count - 1}, with a text of `pad` bytes.
  void insert_many(const std::string& database,
                   const std::string& collection,
                   int first,
                   int count,
                   std::size_t pad = 0);

  // The commands (database, JSON) as one transaction.
  void transaction(const std::vector<std::pair<std::string, std::string>>& commands);

  // The next `times` commands of that name from the relay fail. `data` goes into the failpoint as
  // JSON.
  void fail_command(const std::string& command, const std::string& data, int times = 1);
  void clear_failures();

  // Whether a getMore of the relay is running on the server right now.
  bool is_relay_reading() { return is_relay_running("getMore"); }
  bool is_relay_running(const std::string& command);

  // A number of serverStatus, by its dotted path.
  std::int64_t status_number(const char* path);
  std::int64_t open_cursors() { return status_number("metrics.cursor.open.total"); }

 private:
  struct Deleter {
    void operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }
  };
  std::unique_ptr<mongoc_client_t, Deleter> client_;
};

BsonDocument from_json(const std::string& json);

// operationTime of a reply.
ClusterTime time_of(const BsonDocument& reply);

struct SeenEvent {
  std::string operation;
  std::string ns;     // database.collection
  std::string key;    // documentKey as canonical JSON; empty: none.
  std::string token;  // In the form that a Position carries.
  ClusterTime time;
  bool has_delta = false;  // updateDescription

  // "insert shop.a"
  [[nodiscard]] std::string text() const { return operation + " " + ns; }
};

std::vector<SeenEvent> events_of(const Reply& reply);

// A source with options for tests: short waits.
MongoSourceOptions options_for(StreamScope scope, const std::string& uri = shared_server().uri());
std::unique_ptr<MongoSource> make_source(MongoSourceOptions options);

// Reads until `count` events are there; fails the test after 20 s.
std::vector<SeenEvent> read_events(MongoSource& source, std::size_t count);
// Reads until an empty reply stands at or behind `time`: then all events up to it were delivered.
std::vector<SeenEvent> read_to(MongoSource& source, ClusterTime time);

std::vector<std::string> texts_of(const std::vector<SeenEvent>& events);
std::vector<std::string> tokens_of(const std::vector<SeenEvent>& events);

}  // namespace relay
