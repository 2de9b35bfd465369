// Progress: how far each station is, for the ledger of positions, for status and for logs.
//
// Invariant, asserted at every move: received >= assembled >= applied >= stored. The applied
// position never moves backwards, with one exception: a repair after a lost position begins at the
// source's present, which is older when the source was restored or its clock set back.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/change_event.h"
#include "core/clock.h"
#include "core/guarded.h"
#include "core/position.h"
#include "observe/latency_histogram.h"

namespace relay {

inline constexpr std::size_t kOperationTypeCount =
    static_cast<std::size_t>(OperationType::unknown) + 1;

using OperationCounts = std::array<std::uint64_t, kOperationTypeCount>;

// Of one table of the target.
struct TableCounts {
  OperationCounts events{};
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::map<std::string, std::uint64_t> misfits{};       // By column.
  std::map<std::string, std::uint64_t> dead_letters{};  // By reason.
};
using TableCountMap = std::map<std::string, TableCounts>;  // By "schema.table".

// A consistent copy of everything that is counted. Counts are since the start of the process.
struct ProgressSnapshot {
  std::uint64_t events_received = 0;
  std::uint64_t events_assembled = 0;  // Handed on in batches.
  std::uint64_t events_applied = 0;    // Durable in the target.
  std::uint64_t events_stored = 0;     // Below the stored position.
  TableCountMap tables{};
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t batches = 0;
  std::uint64_t look_ups = 0;
  std::uint64_t large_events = 0;  // Arrived without their documents, which were looked up.
  std::uint64_t source_errors = 0;
  std::uint64_t target_errors = 0;
  std::uint64_t source_reconnects = 0;
  std::uint64_t target_reconnects = 0;
  LatencyHistogram apply_seconds{};  // From the beginning of a batch's write to its durability.
  Clock::TimePoint stored_at{};      // When the position was stored last; zero: not yet.
  std::string trouble{};             // The last error of a side that is away; empty: none is.
  Position received;
  Position applied;
  Position stored;
  bool is_source_connected = false;
  bool is_target_connected = false;
  bool is_standby = false;       // Another relay leads the stream; this one waits for its lease.
  bool is_source_ahead = false;  // The last reply was full: the source has more right now.
  // From the arrival of a batch's oldest reply to its durability in the target; of the last batch
  // with rows.
  double apply_lag_seconds = 0;
  // Until the position falls off the source's oplog (oplog_runway.h); nullopt: not known.
  std::optional<double> oplog_runway_seconds{};
  bool is_runway_shrinking = false;  // And short: snapshots wait while the stream is behind.
};

// What one applied batch adds.
struct AppliedBatch {
  Position end;
  // The source's past is gone: `end` may lie before what was applied (Batch::may_move_back).
  bool may_move_back = false;
  std::uint64_t event_count = 0;
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t dead_letters = 0;
  double lag_seconds = 0;
  double apply_seconds = 0;
  TableCountMap tables{};  // What it adds to each table.
};

// Any thread.
class Progress {
 public:
  void move_received(const Position& end, std::uint64_t event_count, bool is_source_ahead);
  void move_assembled(std::uint64_t event_count);
  void move_applied(const AppliedBatch& batch);
  // Everything applied so far is stored.
  void move_stored(const Position& end, Clock::TimePoint now);

  void count_events(const TableCountMap& added);
  void count_look_ups(std::uint64_t count);
  void count_large_event();
  void count_source_error(const std::string& message);
  void count_target_error(const std::string& message);
  void set_source_connected(bool is_connected);
  void set_target_connected(bool is_connected);
  void set_standby(bool is_standby);
  void set_oplog_runway(std::optional<double> seconds, bool is_shrinking);

  [[nodiscard]] ProgressSnapshot snapshot() const { return state_.copy(); }

 private:
  Guarded<ProgressSnapshot> state_;
};

// Seconds between the source's newest event and the applied position; 0: nothing is outstanding.
double lag_seconds(const ProgressSnapshot& progress,
                   std::chrono::system_clock::time_point wall_now);

}  // namespace relay
