// PostgresSink: writes batches to PostgreSQL, each as one transaction in one round trip.
//
//   BEGIN
//   position and lease, under the epoch       raises when another relay has taken over
//   deletes, then upserts, a chunk a statement
//   dead letters, progress of snapshots
//   COMMIT
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "apply/sink.h"
#include "core/secret.h"

namespace relay {

class PostgresSink {
 public:
  struct Options {
    Secret uri;
    std::string stream;  // Name of the row in relay.checkpoint.
    std::string owner;   // Names this relay in leases: 32 hex digits.
    std::chrono::milliseconds lease{5'000};
    bool takes_turns = false;  // Beside standby relays: open() is called for as long as it takes.
    std::chrono::milliseconds statement_timeout{60'000};  // Above zero.
    std::chrono::milliseconds connect_timeout{10'000};
  };

  // Does not connect: open() does.
  static std::unique_ptr<Sink> make(Options options);
};

// "libpq 15.7", for --version.
std::string sink_driver_version();

}  // namespace relay
