// Why no server could be chosen, when the reason is not the network: the driver passes over servers
// that are not what the connection string promises (a standalone, another replica set) and then
// only says that it found none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/raw_document.h"
#include "source/mongo_pool.h"

namespace relay {

// What a server's reply to hello says about its place in the world.
struct ServerTraits {
  bool is_standalone = false;        // Neither a replica set nor mongos.
  bool is_uninitiated = false;       // Started with --replSet, rs.initiate() still missing.
  std::string set_name;              // Empty: none.
  std::vector<std::string> members;  // "host:port", as the set itself calls them.
  std::int32_t wire_version_max = 0;
};
ServerTraits parse_hello(RawDocument hello);

// nullopt: nothing wrong with it. `expected_set`: replicaSet of the connection string, or empty.
std::optional<Error> judge_server(const ServerTraits& traits,
                                  std::string_view host,
                                  std::string_view expected_set);

// The set answers under `host` but calls its members otherwise, and the driver goes by those names.
bool is_under_another_name(const ServerTraits& traits, std::string_view host);

// Asks the first hosts of the connection string themselves, for at most `host_timeout` each.
// nullopt: none answers, or nothing is wrong with those that do.
std::optional<Error> explain_unreachable(const mongoc_uri_t& uri,
                                         std::chrono::milliseconds host_timeout);

}  // namespace relay
