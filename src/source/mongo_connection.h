// MongoConnection: one client of the pool, pinned to one server, with one session.
//
// A cursor lives on one server and belongs to the session that opened it: commands of one cursor go
// through one connection. One thread at a time. After an error throw it away and open another.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/failpoint.h"
#include "core/result.h"
#include "source/bson_document.h"
#include "source/error_classes.h"
#include "source/mongo_pool.h"
#include "source/topology_probe.h"

namespace relay {

// What to run, and how to speak of it when it fails.
struct MongoCommand {
  SourcePhase phase = SourcePhase::inspect;
  std::string_view doing;  // "read the change stream"; begins the error message.
  std::string_view database;
  const BsonDocument& body;
  const BsonDocument* read_concern = nullptr;  // Null: the server's default.
};

class MongoConnection {
 public:
  // Chooses a server as the read preference of the connection string says; waits for one for at
  // most the connect time-out. `pool` outlives the connection. The login happens with the first
  // command.
  static Result<std::unique_ptr<MongoConnection>> open(MongoPool& pool, ClientUse use);

  // The server's whole reply.
  Result<RawBuffer> run(const MongoCommand& command);
  // The same on the primary (or any mongos), wherever this connection is pinned.
  Result<RawBuffer> run_on_primary(const MongoCommand& command);

  // A failpoint beside a command of this connection. Cutting hits every connection of its use.
  Status pass(Failpoint point) {
    return pass_or_fail(point, [this] { pool_.sockets().cut(use_); });
  }

  // Best effort: what is left behind, the server removes after ten minutes.
  void kill_cursor(std::string_view database, std::string_view collection, std::int64_t cursor_id);

  [[nodiscard]] const ServerTraits& server() const { return traits_; }
  [[nodiscard]] const std::string& host() const { return host_; }
  // The server's code of the last command that failed; 0: the failure was not the server's.
  [[nodiscard]] std::int64_t last_code() const { return last_code_; }

 private:
  struct SessionDeleter {
    void operator()(mongoc_client_session_t* session) const {
      mongoc_client_session_destroy(session);
    }
  };

  MongoConnection(MongoPool& pool, ClientUse use, ClientLease client)
      : pool_(pool), use_(use), client_(std::move(client)) {}
  Status choose_server();
  Result<RawBuffer> run_with(const MongoCommand& command,
                             const mongoc_read_prefs_t* preference,
                             BsonDocument options,
                             const std::string& host);
  // For an error of missing rights.
  void name_right(std::string_view database, Error& error) const;
  Error to_error(SourcePhase phase,
                 std::string_view doing,
                 const bson_error_t& error,
                 const bson_t* reply);

  MongoPool& pool_;
  ClientUse use_;
  ClientLease client_;
  std::unique_ptr<mongoc_client_session_t, SessionDeleter> session_;  // Goes before its client.
  std::uint32_t server_id_ = 0;
  std::string host_;
  ServerTraits traits_;
  std::int64_t last_code_ = 0;
};

}  // namespace relay
