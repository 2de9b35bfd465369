// RelayWait: waits until a relay has applied everything up to a time of the source. Bounded: a
// relay that is not there, or stands still, is not waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "apply/stream_watch.h"
#include "core/clock.h"
#include "core/cluster_time.h"
#include "core/result.h"
#include "core/snapshot.h"

namespace relay {

// What was found out about a stream, for all waits of one run.
struct Standstill {
  bool is_known = false;            // A relay has been waited for in vain...
  std::optional<ClusterTime> at{};  // ...while it stood here.
};

class RelayWait {
 public:
  enum class Outcome : std::uint8_t {
    passed,
    nobody,  // No relay holds the stream.
    stuck,   // One does, but its position has not moved for `patience`.
  };

  // How far the position has to be. A transaction has one time and may arrive in several batches
  // when it is large, so only a position beyond the time proves that all of it is in; a source
  // without writes gets there with the entry that it makes every ten seconds by itself.
  enum class Reach : std::uint8_t { at, beyond };

  struct Options {
    std::string stream;
    std::chrono::milliseconds patience{30'000};
  };

  // All but the options outlive this. `show` is called now and then while it waits.
  RelayWait(StreamWatch& watch,
            Clock& clock,
            Standstill& standstill,
            Options options,
            std::function<void()> show)
      : watch_(watch),
        clock_(clock),
        standstill_(standstill),
        options_(std::move(options)),
        show_(std::move(show)) {}

  Result<StreamStanding> look() { return watch_.look(options_.stream); }
  // A relay that has been waited for in vain, and still stands there, is not waited for again.
  Result<Outcome> until(ClusterTime time, Reach reach);

  // What stands in the way of comparing the table: a copy under way that nobody gets on with, or
  // one that has begun anew. Empty: it was copied, or never has been. Waits for a copy that goes
  // on.
  Result<std::string> until_copied(const std::string& table);

  // The state of the table's least advanced part, or none.
  Result<std::optional<SnapshotPart>> copy_of(const std::string& table);

 private:
  void nap();

  StreamWatch& watch_;
  Clock& clock_;
  Standstill& standstill_;
  Options options_;
  std::function<void()> show_;
};

}  // namespace relay
