#include "workload/workload_connection.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/check.h"
#include "source/bson_document.h"
#include "source/error_classes.h"
#include "source/topology_probe.h"

namespace relay {

namespace {

// Whoever waits for longer tries again, and can be stopped in between.
constexpr std::chrono::milliseconds kSelectionTimeout{2'000};

// For a server that takes connections and does not answer. Sending a write again costs nothing, so
// this may be shorter than a command can take.
constexpr std::int32_t kSocketTimeoutMs = 30'000;

constexpr std::int64_t kNamespaceNotFound = 26;
constexpr std::int64_t kUnauthorized = 13;

struct CollectionDeleter {
  void operator()(mongoc_collection_t* collection) const { mongoc_collection_destroy(collection); }
};
struct CursorDeleter {
  void operator()(mongoc_cursor_t* cursor) const { mongoc_cursor_destroy(cursor); }
};
struct DescriptionDeleter {
  void operator()(mongoc_server_description_t* server) const {
    mongoc_server_description_destroy(server);
  }
};
struct SessionOptionsDeleter {
  void operator()(mongoc_session_opt_t* options) const { mongoc_session_opts_destroy(options); }
};

bool has_label(const bson_t* reply, const char* label) {
  return reply != nullptr && mongoc_error_has_label(reply, label);
}

Error to_error(std::string_view doing, const bson_error_t& error, const bson_t* reply) {
  const ErrorClass found = classify({.phase = SourcePhase::inspect,
                                     .driver_domain = error.domain,
                                     .code = error.code,
                                     .is_resumable = has_label(reply, "RetryableWriteError"),
                                     .text = error.message});
  const bool lacks_rights = error.domain == MONGOC_ERROR_SERVER && error.code == kUnauthorized;
  return {
      found.kind,
      std::string(doing) + ": " + error.message,
      lacks_rights ? "give the user the role readWrite on the database" : std::string(found.hint)};
}

// An error inside a reply that is otherwise fine. Its text may hold a document's key: only the
// code.
Error to_error(std::string_view doing, std::int64_t code) {
  const ErrorClass found =
      classify({.phase = SourcePhase::inspect, .driver_domain = MONGOC_ERROR_SERVER, .code = code});
  return {
      found.kind, std::string(doing) + ": code " + std::to_string(code), std::string(found.hint)};
}

std::int64_t find_number(const bson_t& reply, const char* path) {
  bson_iter_t top;
  bson_iter_t field;
  if (!bson_iter_init(&top, &reply) || !bson_iter_find_descendant(&top, path, &field)) return 0;
  return bson_iter_as_int64(&field);
}

}  // namespace

Result<std::unique_ptr<WorkloadPool>> WorkloadPool::make(const Secret& uri,
                                                         std::uint32_t client_count) {
  Result<UriPointer> parsed = parse_uri(uri, kSelectionTimeout);
  if (!parsed.ok()) return parsed.error();
  mongoc_uri_t* options = parsed.value().get();
  const std::int32_t socket_timeout =
      mongoc_uri_get_option_as_int32(options, MONGOC_URI_SOCKETTIMEOUTMS, kSocketTimeoutMs);
  mongoc_uri_set_option_as_int32(
      options, MONGOC_URI_SOCKETTIMEOUTMS, std::min(socket_timeout, kSocketTimeoutMs));
  mongoc_uri_set_option_as_int32(
      options, MONGOC_URI_MAXPOOLSIZE, static_cast<std::int32_t>(client_count));
  bson_error_t error{};
  mongoc_client_pool_t* pool = mongoc_client_pool_new_with_error(options, &error);
  if (pool == nullptr) return to_error("connect to the source", error, nullptr);
  // Version 2: a server's error has the domain MONGOC_ERROR_SERVER and the server's own code.
  mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2);
  return std::unique_ptr<WorkloadPool>(new WorkloadPool(std::move(parsed.value()), pool));
}

ClientLease WorkloadPool::lease() {
  return ClientLease(mongoc_client_pool_pop(pool_.get()), ClientReturn(pool_.get()));
}

Status WorkloadConnection::check_server(const mongoc_uri_t& uri) {
  bson_error_t error{};
  const std::unique_ptr<mongoc_server_description_t, DescriptionDeleter> server(
      mongoc_client_select_server(client_.get(), true, nullptr, &error));
  if (!server) {
    // Nobody fits: perhaps because whoever is there is not what the connection string promises.
    if (auto reason = explain_unreachable(uri, kSelectionTimeout)) return *reason;
    return to_error("connect to the source", error, nullptr);
  }
  const bson_t* hello = mongoc_server_description_hello_response(server.get());
  const char* host = mongoc_server_description_host(server.get())->host_and_port;
  const ServerTraits traits = parse_hello({bson_get_data(hello), hello->len});
  if (auto verdict = judge_server(traits, host, "")) return *verdict;
  return ok_status();
}

Result<std::unique_ptr<WorkloadConnection>> WorkloadConnection::open(WorkloadPool& pool,
                                                                     std::string database) {
  std::unique_ptr<WorkloadConnection> connection(
      new WorkloadConnection(pool.lease(), std::move(database)));
  Status checked = connection->check_server(pool.uri());
  if (!checked.ok()) return checked.error();
  const std::unique_ptr<mongoc_session_opt_t, SessionOptionsDeleter> options(
      mongoc_session_opts_new());
  // The only read that matters asks for the majority, which every write waited for.
  mongoc_session_opts_set_causal_consistency(options.get(), false);
  bson_error_t error{};
  connection->session_.reset(
      mongoc_client_start_session(connection->client_.get(), options.get(), &error));
  if (!connection->session_) return to_error("start a session on the source", error, nullptr);
  return connection;
}

Result<WriteReply> WorkloadConnection::write(std::string_view command) {
  constexpr std::string_view kDoing = "write to the source";
  bson_t body;
  const bool is_bson = bson_init_static(
      &body, reinterpret_cast<const std::uint8_t*>(command.data()), command.size());
  CHECK(is_bson, "the length of a command is its size");
  BsonDocument options;
  bson_error_t error{};
  const bool has_session = mongoc_client_session_append(session_.get(), &options.raw(), &error);
  CHECK(has_session, "the session belongs to the client");
  bson_t reply;
  const bool is_done = mongoc_client_command_with_opts(
      client_.get(), database_.c_str(), &body, nullptr, &options.raw(), &reply, &error);
  Result<WriteReply> result = Error{};
  if (!is_done) {
    result = to_error(kDoing, error, &reply);
  } else if (const std::int64_t code = find_number(reply, "writeErrors.0.code"); code != 0) {
    // A statement that was cut off by a server going down is no verdict on it.
    Error failure = to_error(kDoing, code);
    if (failure.kind == ErrorKind::source_unavailable) {
      result = std::move(failure);
    } else {
      result = WriteReply{.count = find_number(reply, "n"), .write_error_code = code};
    }
  } else if (find_number(reply, "writeConcernError.code") != 0) {
    // Written, but not by a majority: could still be rolled back. Sent again, it waits again.
    result = Error{ErrorKind::source_unavailable, std::string(kDoing) + ": no majority yet", ""};
  } else {
    result = WriteReply{.count = find_number(reply, "n"), .write_error_code = 0};
  }
  bson_destroy(&reply);
  return result;
}

Result<bool> WorkloadConnection::has_documents(const std::string& collection) {
  BsonDocument body;
  body.add_text("find", collection).add_int32("limit", 1).add_bool("singleBatch", true);
  BsonDocument reply;
  bson_error_t error{};
  if (!mongoc_client_command_simple(
          client_.get(), database_.c_str(), &body.raw(), nullptr, &reply.raw(), &error)) {
    return to_error("look into the collection", error, &reply.raw());
  }
  bson_iter_t top;
  bson_iter_t first;
  return bson_iter_init(&top, &reply.raw()) &&
         bson_iter_find_descendant(&top, "cursor.firstBatch.0", &first);
}

Status WorkloadConnection::drop(const std::string& collection) {
  BsonDocument concern;
  concern.add_text("w", "majority");
  BsonDocument body;
  body.add_text("drop", collection).add_document("writeConcern", concern);
  BsonDocument reply;
  bson_error_t error{};
  if (mongoc_client_command_simple(
          client_.get(), database_.c_str(), &body.raw(), nullptr, &reply.raw(), &error)) {
    return ok_status();
  }
  const bool is_absent = error.domain == MONGOC_ERROR_SERVER && error.code == kNamespaceNotFound;
  return is_absent ? ok_status() : Status(to_error("drop the collection", error, &reply.raw()));
}

Result<Digest> WorkloadConnection::scan(const std::string& collection,
                                        std::optional<std::uint64_t> run) {
  const std::unique_ptr<mongoc_collection_t, CollectionDeleter> handle(
      mongoc_client_get_collection(client_.get(), database_.c_str(), collection.c_str()));
  BsonDocument filter;
  if (run) filter.add_int64("run", static_cast<std::int64_t>(*run));
  BsonDocument concern;
  concern.add_text("level", "majority");
  BsonDocument options;
  options.add_document("readConcern", concern);
  const std::unique_ptr<mongoc_cursor_t, CursorDeleter> cursor(
      mongoc_collection_find_with_opts(handle.get(), &filter.raw(), &options.raw(), nullptr));
  Digest sum;
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor.get(), &document)) {
    sum.add({reinterpret_cast<const char*>(bson_get_data(document)), document->len});
  }
  bson_error_t error{};
  const bson_t* reply = nullptr;
  if (mongoc_cursor_error_document(cursor.get(), &error, &reply)) {
    return to_error("read the collection back", error, reply);
  }
  return sum;
}

}  // namespace relay
