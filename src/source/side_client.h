// SideClient: a client beside the pool, for a word with a server while others wait for it.
//
// A client of the pool would wait with the pool's long socket time-out when the server hangs; here
// each step ends soon. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <mongoc/mongoc.h>

#include "core/secret.h"
#include "source/bson_document.h"

namespace relay {

enum class Answer : std::uint8_t {
  none,     // Nobody answered in time.
  refused,  // The server said no, which is an answer too.
  given,
};

class SideClient {
 public:
  // Every step, connecting included, waits for at most `timeout`.
  SideClient(const Secret& uri, std::chrono::milliseconds timeout);

  // Looks around. False: no server answers.
  bool find_servers();
  // True once find_servers() has met it; "host:port".
  [[nodiscard]] bool knows(const std::string& host) const { return id_of(host) != 0; }

  // On that server; empty: on the primary. `reply`, when it was given.
  Answer run(const std::string& host,
             const std::string& database,
             const BsonDocument& command,
             BsonDocument* reply = nullptr);

 private:
  struct Deleter {
    void operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }
  };

  [[nodiscard]] std::uint32_t id_of(const std::string& host) const;

  std::unique_ptr<mongoc_client_t, Deleter> client_;  // Null: not a connection string.
};

}  // namespace relay
