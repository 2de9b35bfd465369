#include "source/mongo_pool.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

namespace relay {

namespace {

// A getMore that skips entries nobody wants is not bounded by its maxTimeMS; 20 s were seen for six
// million of them. A shorter time-out would cut it off and begin it again for ever. Connections
// whose other end is gone are found by TCP keep-alive (the driver's default, 120 s).
constexpr std::int32_t kSocketTimeoutMs = 600'000;

// One client reads, one looks up, each snapshot thread has one, and one may be on its way back. The
// driver makes them when they are needed; at its limit it would wait for ever.
constexpr std::int32_t kPoolSizeMin = 80;

void start_driver() {
  static const bool is_started = [] {
    mongoc_init();
    // Its warnings repeat what comes back as an error, or is handled.
    mongoc_log_set_handler(nullptr, nullptr);
    return true;
  }();
  static_cast<void>(is_started);
}

// The driver quotes what it could not read, and that may be a password: keep to the words before.
std::string format_uri_error(std::string_view text) {
  if (text.starts_with("Username") || text.starts_with("Password")) {
    return "user and password must be percent-encoded";
  }
  return std::string(text.substr(0, text.find_first_of("\"'=")));
}

std::string format_hosts(const mongoc_uri_t& uri) {
  std::string text;
  for (const mongoc_host_list_t* host = mongoc_uri_get_hosts(&uri); host != nullptr;
       host = host->next) {
    if (!text.empty()) text += ",";
    text += host->host_and_port;
  }
  const char* service = mongoc_uri_get_srv_hostname(&uri);
  if (text.empty() && service != nullptr) text = service;
  return text;
}

}  // namespace

Result<UriPointer> parse_uri(const Secret& text, std::chrono::milliseconds connect_timeout) {
  start_driver();
  bson_error_t error;
  UriPointer uri(mongoc_uri_new_with_error(text.reveal().c_str(), &error));
  if (!uri) {
    return Error{ErrorKind::config_invalid,
                 "read source.uri: " + format_uri_error(error.message),
                 "write it as mongodb://user:password@host:27017/?replicaSet=rs0"};
  }
  const auto timeout_ms = static_cast<std::int32_t>(connect_timeout.count());
  mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, timeout_ms);
  if (!mongoc_uri_has_option(uri.get(), MONGOC_URI_CONNECTTIMEOUTMS)) {
    mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_CONNECTTIMEOUTMS, timeout_ms);
  }
  if (!mongoc_uri_has_option(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS)) {
    mongoc_uri_set_option_as_int32(uri.get(), MONGOC_URI_SOCKETTIMEOUTMS, kSocketTimeoutMs);
  }
  const std::int32_t pool_size =
      mongoc_uri_get_option_as_int32(uri.get(), MONGOC_URI_MAXPOOLSIZE, kPoolSizeMin);
  mongoc_uri_set_option_as_int32(
      uri.get(), MONGOC_URI_MAXPOOLSIZE, std::max(pool_size, kPoolSizeMin));
  if (mongoc_uri_get_appname(uri.get()) == nullptr) mongoc_uri_set_appname(uri.get(), "relay");
  return uri;
}

MongoPool::MongoPool(UriPointer uri)
    : uri_(std::move(uri)), hosts_(format_hosts(*uri_)), pool_(nullptr) {}

MongoPool::~MongoPool() {
  pool_.with([](mongoc_client_pool_t* pool) {
    if (pool == nullptr) return;
    // The driver would say goodbye for the sessions of all clients and wait for the answer, with
    // the long time-out above on a connection that the server has forgotten. This forgets the
    // sessions; what nobody uses, the server ends by itself.
    if (mongoc_client_t* client = mongoc_client_pool_try_pop(pool)) {
      mongoc_client_reset(client);
      mongoc_client_pool_push(pool, client);
    }
    mongoc_client_pool_destroy(pool);
  });
}

Result<std::unique_ptr<MongoPool>> MongoPool::make(const Secret& uri,
                                                   std::chrono::milliseconds connect_timeout) {
  Result<UriPointer> parsed = parse_uri(uri, connect_timeout);
  if (!parsed.ok()) return parsed.error();
  return std::unique_ptr<MongoPool>(new MongoPool(std::move(parsed.value())));
}

Result<ClientLease> MongoPool::lease(ClientUse use) {
  bson_error_t error{};
  mongoc_client_pool_t* pool = pool_.with([&](mongoc_client_pool_t*& made) {
    if (made == nullptr) {
      made = mongoc_client_pool_new_with_error(uri_.get(), &error);
      // Version 2: a server's error has the domain MONGOC_ERROR_SERVER and the server's own code.
      if (made != nullptr) mongoc_client_pool_set_error_api(made, MONGOC_ERROR_API_VERSION_2);
    }
    return made;
  });
  if (pool == nullptr) {
    return Error{
        ErrorKind::source_unavailable, "connect source=" + hosts_ + ": " + error.message, ""};
  }
  mongoc_client_t* client = mongoc_client_pool_pop(pool);
  if (client == nullptr) {
    return Error{
        ErrorKind::source_unavailable, "connect source=" + hosts_ + ": no client is free", ""};
  }
  sockets_.watch(client, use);
  return ClientLease(client, ClientReturn(pool));
}

}  // namespace relay
