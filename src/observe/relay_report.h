// RelayReport: a copy of everything that a running relay shows of itself. Status, health, metrics
// and the status page are made from it and from nothing else.
//
// Counts are since the start of the process, unless it says otherwise. No document content, no
// secret.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "observe/latency_histogram.h"

namespace relay {

enum class RelayState : std::uint8_t {
  starting,
  snapshot,   // The stream runs, and at least one table is being copied.
  streaming,  // The stream runs and nothing is being copied.
  waiting,    // For a server that is away.
  standby,    // Other relays lead every stream.
  stopping,   // Asked to, or on the way out with an error.
};
std::string_view format_relay_state(RelayState state);

enum class TablePhase : std::uint8_t {
  waiting,    // Known, and nothing of it is copied yet.
  snapshot,   // Being copied.
  streaming,  // Equal to its collection, but for the lag.
  stopped,    // Its collection was dropped or renamed away, and the rows stayed.
};
std::string_view format_table_phase(TablePhase phase);

struct DeadLetterCount {
  std::uint64_t open = 0;   // In relay.dead_letter right now.
  std::uint64_t total = 0;  // Written since the start of the process.
};

struct TableReport {
  std::string from;  // "shop.orders".
  std::string to;    // "sales.orders"; the label `table` of the metrics.
  TablePhase phase = TablePhase::waiting;
  std::uint64_t snapshot_rows = 0;            // Of the snapshot under way, or of the last one.
  std::uint64_t snapshot_rows_estimated = 0;  // 0: not known.
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::map<std::string, std::uint64_t> events;          // By operation type of the source.
  std::map<std::string, std::uint64_t> misfits;         // By column.
  std::map<std::string, DeadLetterCount> dead_letters;  // By reason.
};

struct StreamReport {
  std::string name;
  std::string position;  // The applied token's text; empty: none yet.
  bool is_running = false;
  bool is_leader = false;                      // This relay holds the stream's lease.
  bool is_standby = false;                     // Another one does, and this one waits for it.
  std::optional<double> lag_seconds;           // nullopt: not known yet.
  std::optional<double> oplog_runway_seconds;  // nullopt: not known, for instance no right to read.
  std::optional<double> checkpoint_age_seconds;  // Since the position was last stored.
  std::vector<TableReport> tables;
};

// A thread's sign of life. Stuck is who gave none for longer than its own limit, which leaves room
// for the longest call that the settings allow it.
struct ThreadBeat {
  std::string name;
  Clock::TimePoint beat_at{};
  Clock::Duration limit{};
};

struct RelayReport {
  std::string version;
  std::string git_description;
  RelayState state = RelayState::starting;
  bool is_paused = false;
  bool is_source_connected = false;
  bool is_target_connected = false;
  std::string trouble;  // Why it waits or stops, as in the log; empty: no trouble.
  std::vector<StreamReport> streams;
  std::vector<ThreadBeat> threads;
  std::uint64_t batches = 0;
  std::uint64_t queue_bytes = 0;
  std::uint64_t large_events = 0;  // Too large for the source to send; looked up instead.
  std::uint64_t source_reconnects = 0;
  std::uint64_t target_reconnects = 0;
  LatencyHistogram apply_seconds;  // From the beginning of a batch's write to its durability.
};

}  // namespace relay
