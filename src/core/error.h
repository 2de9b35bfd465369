// What can go wrong, sorted by who has to act. What is done about each kind: core/error_policy.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace relay {

enum class ErrorKind : std::uint8_t {
  source_unavailable,  // Not reachable, or told us to come back: network, elections, resumable
                       // codes.
  source_unknown,      // An answer of the source that nobody has classified.
  source_refused,      // Rights, wrong password, not a replica set, a token that is none.
  token_not_found,     // 280: the event of the token is not in this stream (any more).
  position_lost,       // 286: the source no longer holds the position.
  collection_dropped,  // A collection was dropped or replaced, and its table says stop.
  event_too_large,     // 10334, 7182500: the server cannot send the event as it was asked for.
  sink_unavailable,    // Not reachable; nothing of the batch was committed.
  sink_in_doubt,       // The connection died while the commit was under way.
  sink_unknown,        // An answer of the target that nobody has classified; nothing was committed.
  sink_starting,       // The target does not know what it should: it may have started a moment ago.
  sink_refused,        // Rights, wrong password, incompatible table.
  row_rejected,        // The target refuses a row of the batch; nothing was committed.
  lease_held,          // Another relay holds the stream.
  lease_lost,          // Another relay took the stream over.
  bad_document,        // An event or document that is not what the server promises.
  store_failed,        // The state file.
  store_locked,        // Another process has the state file open.
  config_invalid,      // Usage or configuration.
  check_failed,        // A check says no.
  stopped,             // Asked to stop; no trouble at all.
  internal,            // A bug in relay.
};

// The kind's own name, for logs: "source_unavailable".
std::string_view format_kind(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // Begins with what we were doing: "connect to the source: ...". No secret,
                        // no cell value.
  std::string hint;     // What the operator can try; empty: nothing beyond what the policy says.
};

}  // namespace relay
