// Closing a cursor that another thread reads from.
#pragma once

#include <cstdint>
#include <string>

#include "core/secret.h"

namespace relay {

// A cursor that is open on a server, and where to find it.
struct OpenCursor {
  std::int64_t id = 0;  // 0: none.
  std::string host;     // "host:port" of the server it lives on.
  std::string database;
  std::string collection;
};

// Kills the cursor (if it is one) over a connection of its own. A getMore that is at work, which
// may be for 20 s, then returns within milliseconds with code 237. Best effort, about two seconds
// for each step when the server does not answer. False: it did not.
bool stop_cursor(const Secret& uri, const OpenCursor& cursor);

}  // namespace relay
