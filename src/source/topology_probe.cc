#include "source/topology_probe.h"

#include <algorithm>
#include <cstdint>

#include "source/bson_document.h"
#include "source/error_classes.h"

namespace relay {

namespace {

// Enough to find a mistake in the settings, and few enough not to delay the error by much.
constexpr int kHostsAsked = 3;

struct ClientDeleter {
  void operator()(mongoc_client_t* client) const { mongoc_client_destroy(client); }
};
struct DescriptionDeleter {
  void operator()(mongoc_server_description_t* server) const {
    mongoc_server_description_destroy(server);
  }
};

// One host, nobody else, no login: hello needs none.
UriPointer direct_uri(const mongoc_uri_t& uri,
                      const mongoc_host_list_t& host,
                      std::chrono::milliseconds timeout) {
  UriPointer direct(mongoc_uri_new_for_host_port(host.host, host.port));
  if (!direct) return nullptr;
  const auto timeout_ms = static_cast<std::int32_t>(timeout.count());
  mongoc_uri_set_option_as_bool(direct.get(), MONGOC_URI_DIRECTCONNECTION, true);
  mongoc_uri_set_option_as_int32(direct.get(), MONGOC_URI_SERVERSELECTIONTIMEOUTMS, timeout_ms);
  mongoc_uri_set_option_as_int32(direct.get(), MONGOC_URI_CONNECTTIMEOUTMS, timeout_ms);
  bson_iter_t at;
  bson_iter_init(&at, mongoc_uri_get_options(&uri));
  while (bson_iter_next(&at)) {
    const std::string_view key = bson_iter_key(&at);
    if (!key.starts_with("tls")) continue;
    if (BSON_ITER_HOLDS_BOOL(&at)) {
      mongoc_uri_set_option_as_bool(direct.get(), key.data(), bson_iter_bool(&at));
    } else if (BSON_ITER_HOLDS_UTF8(&at)) {
      mongoc_uri_set_option_as_utf8(direct.get(), key.data(), bson_iter_utf8(&at, nullptr));
    }
  }
  return direct;
}

std::optional<ServerTraits> ask(const mongoc_uri_t& uri,
                                const mongoc_host_list_t& host,
                                std::chrono::milliseconds timeout) {
  const UriPointer direct = direct_uri(uri, host, timeout);
  if (!direct) return std::nullopt;
  const std::unique_ptr<mongoc_client_t, ClientDeleter> client(
      mongoc_client_new_from_uri(direct.get()));
  if (!client) return std::nullopt;
  bson_error_t error;
  const std::unique_ptr<mongoc_server_description_t, DescriptionDeleter> server(
      mongoc_client_select_server(client.get(), false, nullptr, &error));
  if (!server) return std::nullopt;
  const bson_t* hello = mongoc_server_description_hello_response(server.get());
  return parse_hello({bson_get_data(hello), hello->len});
}

}  // namespace

ServerTraits parse_hello(RawDocument hello) {
  ServerTraits traits;
  traits.is_standalone = true;
  bson_iter_t at;
  if (!start_reading(hello, at)) return {};
  while (bson_iter_next(&at)) {
    const std::string_view key = bson_iter_key(&at);
    if (key == "setName" && BSON_ITER_HOLDS_UTF8(&at)) {
      traits.set_name = bson_iter_utf8(&at, nullptr);
      traits.is_standalone = false;
    } else if (key == "msg") {  // isdbgrid: mongos.
      traits.is_standalone = false;
    } else if (key == "hosts" || key == "passives") {
      bson_iter_t names;
      if (!bson_iter_recurse(&at, &names)) continue;
      while (bson_iter_next(&names)) {
        if (BSON_ITER_HOLDS_UTF8(&names))
          traits.members.emplace_back(bson_iter_utf8(&names, nullptr));
      }
    } else if (key == "isreplicaset") {
      traits.is_uninitiated = true;
      traits.is_standalone = false;
    } else if (key == "maxWireVersion" && BSON_ITER_HOLDS_INT32(&at)) {
      traits.wire_version_max = bson_iter_int32(&at);
    }
  }
  return traits;
}

std::optional<Error> judge_server(const ServerTraits& traits,
                                  std::string_view host,
                                  std::string_view expected_set) {
  const std::string doing = "connect source=" + std::string(host) + ": ";
  if (traits.is_standalone) {
    return Error{ErrorKind::source_refused,
                 doing + "the server is a standalone, which has no change streams",
                 std::string(kStandaloneHint)};
  }
  if (traits.is_uninitiated) {
    // Somebody is about to type it: waiting is right.
    return Error{ErrorKind::source_unavailable,
                 doing + "the server waits for its replica set to be initiated",
                 "run mongosh --eval 'rs.initiate()' once"};
  }
  if (!expected_set.empty() && !traits.set_name.empty() && traits.set_name != expected_set) {
    return Error{ErrorKind::source_refused,
                 doing + "the server belongs to the replica set " + traits.set_name + ", not " +
                     std::string(expected_set),
                 "write replicaSet=" + traits.set_name + " in source.uri"};
  }
  return std::nullopt;
}

bool is_under_another_name(const ServerTraits& traits, std::string_view host) {
  return !traits.members.empty() && std::ranges::find(traits.members, host) == traits.members.end();
}

std::optional<Error> explain_unreachable(const mongoc_uri_t& uri,
                                         std::chrono::milliseconds host_timeout) {
  const char* set_name = mongoc_uri_get_replica_set(&uri);
  const std::string_view expected_set = set_name == nullptr ? "" : set_name;
  const mongoc_host_list_t* host = mongoc_uri_get_hosts(&uri);
  for (int i = 0; i < kHostsAsked && host != nullptr; ++i, host = host->next) {
    const std::optional<ServerTraits> traits = ask(uri, *host, host_timeout);
    if (!traits) continue;
    if (std::optional<Error> verdict = judge_server(*traits, host->host_and_port, expected_set)) {
      return verdict;
    }
    if (!is_under_another_name(*traits, host->host_and_port)) continue;
    std::string names;
    for (const std::string& name : traits->members)
      names.append(names.empty() ? "" : ",").append(name);
    return Error{
        ErrorKind::source_unavailable,
        "connect source=" + std::string(host->host_and_port) +
            ": the replica set calls its members " + names + ", and none of them can be reached",
        "make these names reachable from here, or add directConnection=true to source.uri"};
  }
  return std::nullopt;
}

}  // namespace relay
