#include "source/side_client.h"

#include "source/mongo_pool.h"

namespace relay {

SideClient::SideClient(const Secret& uri, std::chrono::milliseconds timeout) {
  Result<UriPointer> parsed = parse_uri(uri, timeout);
  if (!parsed.ok()) return;
  const auto timeout_ms = static_cast<std::int32_t>(timeout.count());
  mongoc_uri_set_option_as_int32(parsed.value().get(), MONGOC_URI_CONNECTTIMEOUTMS, timeout_ms);
  mongoc_uri_set_option_as_int32(parsed.value().get(), MONGOC_URI_SOCKETTIMEOUTMS, timeout_ms);
  client_.reset(mongoc_client_new_from_uri(parsed.value().get()));
  // As the pool has it: a server's error has the domain MONGOC_ERROR_SERVER.
  if (client_) mongoc_client_set_error_api(client_.get(), MONGOC_ERROR_API_VERSION_2);
}

bool SideClient::find_servers() {
  if (!client_) return false;
  bson_error_t error;
  // Which server it chooses does not matter.
  mongoc_server_description_t* any =
      mongoc_client_select_server(client_.get(), false, nullptr, &error);
  const bool is_any = any != nullptr;
  mongoc_server_description_destroy(any);
  return is_any;
}

// 0: no such server.
std::uint32_t SideClient::id_of(const std::string& host) const {
  if (!client_) return 0;
  std::uint32_t id = 0;
  std::size_t count = 0;
  mongoc_server_description_t** servers =
      mongoc_client_get_server_descriptions(client_.get(), &count);
  for (std::size_t i = 0; i < count; ++i) {
    if (host == mongoc_server_description_host(servers[i])->host_and_port) {
      id = mongoc_server_description_id(servers[i]);
    }
  }
  mongoc_server_descriptions_destroy_all(servers, count);
  return id;
}

Answer SideClient::run(const std::string& host,
                       const std::string& database,
                       const BsonDocument& command,
                       BsonDocument* reply) {
  if (!client_) return Answer::none;
  BsonDocument options;
  if (!host.empty()) options.add_int32("serverId", static_cast<std::int32_t>(id_of(host)));
  bson_t raw;
  bson_error_t error;
  const bool is_ok = mongoc_client_command_with_opts(
      client_.get(), database.c_str(), &command.raw(), nullptr, &options.raw(), &raw, &error);
  if (is_ok && reply != nullptr) {
    reply->clear();
    bson_concat(&reply->raw(), &raw);
  }
  bson_destroy(&raw);
  if (is_ok) return Answer::given;
  return error.domain == MONGOC_ERROR_SERVER ? Answer::refused : Answer::none;
}

}  // namespace relay
