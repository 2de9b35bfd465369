#include "source/cursor_stop.h"

#include <chrono>
#include <memory>

#include "source/bson_document.h"
#include "source/mongo_pool.h"

namespace relay {

namespace {

// A client of the pool would wait with the pool's long socket time-out when the server hangs.
constexpr std::chrono::milliseconds kTimeout{2'000};

struct ClientDeleter {
  void operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }
};

// 0: no such server.
std::uint32_t find_server(mongoc_client_t* client, const std::string& host) {
  std::uint32_t id = 0;
  std::size_t count = 0;
  mongoc_server_description_t** servers = mongoc_client_get_server_descriptions(client, &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (host == mongoc_server_description_host(servers[i])->host_and_port) {
      id = mongoc_server_description_id(servers[i]);
    }
  }
  mongoc_server_descriptions_destroy_all(servers, count);
  return id;
}

}  // namespace

bool stop_cursor(const Secret& uri, const OpenCursor& cursor) {
  Result<UriPointer> parsed = parse_uri(uri, kTimeout);
  if (!parsed.ok()) return false;
  const auto timeout_ms = static_cast<std::int32_t>(kTimeout.count());
  mongoc_uri_set_option_as_int32(parsed.value().get(), MONGOC_URI_CONNECTTIMEOUTMS, timeout_ms);
  mongoc_uri_set_option_as_int32(parsed.value().get(), MONGOC_URI_SOCKETTIMEOUTMS, timeout_ms);
  const std::unique_ptr<mongoc_client_t, ClientDeleter> client(
      mongoc_client_new_from_uri(parsed.value().get()));
  if (!client) return false;
  // To make the client look around; which server it chooses does not matter.
  bson_error_t error;
  mongoc_server_description_t* any =
      mongoc_client_select_server(client.get(), false, nullptr, &error);
  const bool is_any = any != nullptr;
  mongoc_server_description_destroy(any);
  if (cursor.id == 0) return is_any;
  const std::uint32_t server = find_server(client.get(), cursor.host);
  if (server == 0) return is_any;

  BsonDocument command;
  command.add_text("killCursors", cursor.collection);
  command.add_array("cursors", BsonArray().add_int64(cursor.id).items());
  BsonDocument options;
  options.add_int32("serverId", static_cast<std::int32_t>(server));
  bson_t reply;
  const bool is_ok = mongoc_client_command_with_opts(client.get(),
                                                     cursor.database.c_str(),
                                                     &command.raw(),
                                                     nullptr,
                                                     &options.raw(),
                                                     &reply,
                                                     &error);
  bson_destroy(&reply);
  // A refusal is an answer too.
  return is_ok ||
         (error.domain != MONGOC_ERROR_STREAM && error.domain != MONGOC_ERROR_SERVER_SELECTION);
}

}  // namespace relay
