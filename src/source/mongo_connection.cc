#include "source/mongo_connection.h"

#include <chrono>
#include <utility>

#include "source/grant_command.h"

namespace relay {

namespace {

// Asking a host directly what it is: it answers at once or not at all.
constexpr std::chrono::milliseconds kProbeTimeout{500};

struct DescriptionDeleter {
  void operator()(mongoc_server_description_t* server) const {
    mongoc_server_description_destroy(server);
  }
};
struct SessionOptionsDeleter {
  void operator()(mongoc_session_opt_t* options) const { mongoc_session_opts_destroy(options); }
};
struct PreferenceDeleter {
  void operator()(mongoc_read_prefs_t* preference) const { mongoc_read_prefs_destroy(preference); }
};

constexpr std::int64_t kUnauthorized = 13;

// "not authorized on shop to execute command { find: ..., filter: ... }": the command may hold keys
// of documents.
std::string_view without_command(std::string_view text) {
  return text.substr(0, text.find(" to execute command"));
}

// Hands the bytes over without a copy.
RawBuffer take_bytes(bson_t& reply) {
  std::uint32_t size = 0;
  std::uint8_t* bytes = bson_destroy_with_steal(&reply, true, &size);
  return {bytes, size, bson_free};
}

const char* bytes_of(const bson_t& document) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes are bytes.
  return reinterpret_cast<const char*>(bson_get_data(&document));
}

}  // namespace

Result<std::unique_ptr<MongoConnection>> MongoConnection::open(MongoPool& pool, ClientUse use) {
  Result<ClientLease> lease = pool.lease(use);
  if (!lease.ok()) return lease.error();
  std::unique_ptr<MongoConnection> connection(
      new MongoConnection(pool, use, std::move(lease.value())));
  const Status chosen = connection->choose_server();
  if (!chosen.ok()) return chosen.error();
  return connection;
}

Status MongoConnection::choose_server() {
  bson_error_t error{};
  const std::unique_ptr<mongoc_server_description_t, DescriptionDeleter> server(
      mongoc_client_select_server(
          client_.get(), false, mongoc_uri_get_read_prefs_t(&pool_.uri()), &error));
  if (!server) {
    if (auto reason = explain_unreachable(pool_.uri(), kProbeTimeout)) return *reason;
    return to_error(SourcePhase::connect, "connect", error, nullptr);
  }
  server_id_ = mongoc_server_description_id(server.get());
  host_ = mongoc_server_description_host(server.get())->host_and_port;
  const bson_t* hello = mongoc_server_description_hello_response(server.get());
  traits_ = parse_hello({bson_get_data(hello), hello->len});
  if (auto verdict = judge_server(traits_, host_, "")) return *verdict;

  const std::unique_ptr<mongoc_session_opt_t, SessionOptionsDeleter> options(
      mongoc_session_opts_new());
  mongoc_session_opts_set_causal_consistency(options.get(), false);
  session_.reset(mongoc_client_start_session(client_.get(), options.get(), &error));
  if (!session_) return to_error(SourcePhase::connect, "connect", error, nullptr);
  return ok_status();
}

Result<RawBuffer> MongoConnection::run(const MongoCommand& command) {
  BsonDocument options;
  options.add_int32("serverId", static_cast<std::int32_t>(server_id_));
  return run_with(command, mongoc_uri_get_read_prefs_t(&pool_.uri()), std::move(options), host_);
}

Result<RawBuffer> MongoConnection::run_on_primary(const MongoCommand& command) {
  const std::unique_ptr<mongoc_read_prefs_t, PreferenceDeleter> primary(
      mongoc_read_prefs_new(MONGOC_READ_PRIMARY));
  return run_with(command, primary.get(), {}, "");
}

Result<RawBuffer> MongoConnection::run_with(const MongoCommand& command,
                                            const mongoc_read_prefs_t* preference,
                                            BsonDocument options,
                                            const std::string& host) {
  bson_error_t error{};
  if (!mongoc_client_session_append(session_.get(), &options.raw(), &error)) {
    return to_error(command.phase, command.doing, error, nullptr);
  }
  if (command.read_concern != nullptr) options.add_document("readConcern", *command.read_concern);
  const bson_t* session = mongoc_client_session_get_lsid(session_.get());
  pool_.sockets().begin_command(
      client_.get(), {host, {bytes_of(*session), static_cast<std::size_t>(session->len)}});
  bson_t reply;
  const bool is_ok = mongoc_client_command_with_opts(client_.get(),
                                                     std::string(command.database).c_str(),
                                                     &command.body.raw(),
                                                     preference,
                                                     &options.raw(),
                                                     &reply,
                                                     &error);
  const auto silence = pool_.sockets().end_command(client_.get());
  if (is_ok) return take_bytes(reply);
  if (silence) {
    // The driver only knows that its socket was shut down.
    bson_set_error(&error,
                   MONGOC_ERROR_STREAM,
                   MONGOC_ERROR_STREAM_SOCKET,
                   "no answer for %lld ms",
                   static_cast<long long>(silence->count()));
  }
  Error failed = to_error(command.phase, command.doing, error, &reply);
  bson_destroy(&reply);
  if (last_code_ == kUnauthorized) name_right(command.database, failed);
  return failed;
}

void MongoConnection::kill_cursor(std::string_view database,
                                  std::string_view collection,
                                  std::int64_t cursor_id) {
  BsonDocument body;
  body.add_text("killCursors", collection);
  body.add_array("cursors", BsonArray().add_int64(cursor_id).items());
  static_cast<void>(run({.phase = SourcePhase::inspect,
                         .doing = "close a cursor",
                         .database = database,
                         .body = body}));
}

// What stands in the connection string is enough for the command to type; a certificate's user is
// not in it.
void MongoConnection::name_right(std::string_view database, Error& error) const {
  const char* const user = mongoc_uri_get_username(&pool_.uri());
  if (user == nullptr) return;
  const bool is_cluster = database == "admin";
  error.hint = grant_read_command(
      user, mongoc_uri_get_auth_source(&pool_.uri()), is_cluster ? "" : std::string(database));
}

Error MongoConnection::to_error(SourcePhase phase,
                                std::string_view doing,
                                const bson_error_t& error,
                                const bson_t* reply) {
  last_code_ = error.domain == MONGOC_ERROR_SERVER ? error.code : 0;
  const bool is_resumable =
      reply != nullptr && mongoc_error_has_label(reply, "ResumableChangeStreamError");
  const ErrorClass found = classify({.phase = phase,
                                     .driver_domain = error.domain,
                                     .code = error.code,
                                     .is_resumable = is_resumable,
                                     .text = error.message});
  std::string message(doing);
  message.append(" source=")
      .append(host_.empty() ? pool_.hosts() : host_)
      .append(": ")
      .append(without_command(error.message));
  if (error.domain == MONGOC_ERROR_SERVER) {
    message.append(" (code ").append(std::to_string(error.code)).append(")");
  }
  return {found.kind, std::move(message), std::string(found.hint)};
}

}  // namespace relay
