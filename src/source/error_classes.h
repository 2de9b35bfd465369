// From what the server or the driver said to an ErrorKind and a hint. Pure: tables, no connection.
//
// Not here: what is done about a kind (core/error_policy.h), and `stopped`, which is not an error
// of the source: whoever was cancelled knows it.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"

namespace relay {

// What we were doing: the same code means different things in different commands.
enum class SourcePhase : std::uint8_t {
  connect,   // Choosing a server, authenticating.
  inspect,   // Listing collections, asking for the time.
  open,      // The aggregate with $changeStream.
  read,      // getMore on the stream.
  look_up,   // find and its getMore.
  snapshot,  // Ranges and chunks of collections, and which keys exist.
};

struct SourceFailure {
  SourcePhase phase = SourcePhase::connect;
  // mongoc_error_domain_t. MONGOC_ERROR_SERVER: `code` is the server's.
  std::uint32_t driver_domain = 0;
  std::int64_t code = 0;
  bool is_resumable = false;  // The server's label ResumableChangeStreamError.
  std::string_view text{};    // The driver's or the server's words.
};

struct ErrorClass {
  ErrorKind kind = ErrorKind::source_unknown;
  std::string_view hint;
};

ErrorClass classify(const SourceFailure& failure);

// The hint for a server that runs alone, found out before it had a chance to say 40573.
inline constexpr std::string_view kStandaloneHint =
    "change streams need a replica set, and one member is enough: start mongod with --replSet rs0, "
    "run mongosh --eval 'rs.initiate()' once, and add replicaSet=rs0 to source.uri";

}  // namespace relay
