// Why no server could be chosen, when the reason is not the network: the driver drops servers that are
// not what the connection string promises (a standalone, another replica set) and then only says that
// nobody is left.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/raw_document.h"
#include "source/mongo_pool.h"

namespace relay {

// What a server's reply to hello says about its place in the world.
struct ServerTraits {
  bool is_standalone = false;   // Neither a replica set nor mongos.
  bool is_uninitiated = false;  // Started with --replSet, rs.initiate() still missing.
  std::string set_name;         // Empty: none.
  std::int32_t wire_version_max = 0;
};
ServerTraits parse_hello(RawDocument hello);

// nullopt: nothing wrong with it. `expected_set`: replicaSet of the connection string, or empty.
std::optional<Error> judge_server(const ServerTraits& traits,
                                  std::string_view host,
                                  std::string_view expected_set);

// Asks those hosts of the connection string that the driver has dropped, for at most `host_timeout` each.
// nullopt: none was dropped, or none answers.
std::optional<Error> explain_dropped_hosts(mongoc_client_t* client,
                                           const mongoc_uri_t& uri,
                                           std::chrono::milliseconds host_timeout);

}  // namespace relay
