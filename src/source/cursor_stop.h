// Stopping a getMore that runs in another thread.
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

// Kills the cursor over a connection of its own. A getMore that is at work, which may be for 20 s,
// then returns within milliseconds with code 237. One that only waits for something to happen
// notices at the next write anywhere or when its wait is over (mongod 6.0.5 does not interrupt that
// wait): `await` at most. Best effort, about two seconds for each step when the server does not
// answer.
void stop_cursor(const Secret& uri, const OpenCursor& cursor);

}  // namespace relay
