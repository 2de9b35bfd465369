// Sink: the code that writes to a target. One of the four seams; one thread, the applying one,
// except read_keys, which any snapshot thread calls, and read_live_columns and read_sub_columns,
// which the assembling one calls.
//
// A sink never retries and never decides: it says what happened, and the apply stage acts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/position.h"
#include "core/result.h"
#include "core/snapshot.h"
#include "core/target_kind.h"
#include "mapping/sub_column.h"
#include "mapping/table_mapping.h"

namespace relay {

// Keys of a table's rows, in the order of the target's own index.
struct KeyPage {
  std::vector<std::string> keys;  // The key column as text.
  bool is_last = false;           // No row has a key behind these.
};

// Why a batch is searched for rows that the target refuses.
enum class Grounds : std::uint8_t {
  refused,    // apply() has just refused the batch.
  suspected,  // It has refused batches before this one.
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Connects (again), creates bookkeeping when it is missing, and claims the stream. The first call
  // takes the lease with a new epoch; later calls only go on when that epoch still stands (else
  // lease_lost). Returns what the target has stored for the stream; nullopt: nothing yet.
  // lease_held: another relay's lease has not ended.
  virtual Result<std::optional<Checkpoint>> open() = 0;

  // The snapshots of the stream's tables, as stored with their rows. After open(), and before
  // prepare(): a table that is not there any more is one that waits for its copy.
  virtual Result<std::vector<SnapshotPart>> load_snapshots() = 0;

  // Makes the table, or checks that the existing one fits. Durable once it returns.
  virtual Status prepare(const TableMapping& table) = 0;

  // Writes the batch and its end position in one transaction: actions, rows, dead letters, parts of
  // snapshots. Durable once it returns ok. Every table in the batch was prepared. Nothing is
  // committed on an error, except with sink_in_doubt. A target without transactions may have part
  // of the rows after an error, but the position stays where it was: the batch is applied again.
  virtual Status apply(const Batch& batch) = 0;

  // Moves the rows that the target refuses, and only those, to the batch's dead letters, so that it
  // can be applied; the next call is apply() with it. Until then nothing is visible to others. A
  // batch that was refused and has no such row is sink_unknown; one that was merely suspected stays
  // as it is, and apply() may still refuse it, for a constraint that is checked at the commit.
  // After an error the batch is as it was.
  virtual Status isolate(Batch& batch, Grounds grounds) = 0;

  // Dead letters of the stream that are open, as of the last call of open() or apply().
  [[nodiscard]] virtual std::uint64_t open_dead_letters() const = 0;

  // At most `count` keys of the table behind `after` (exclusive; nullopt: from the first on), as
  // committed. On a connection of its own, which is opened when needed; the table was prepared.
  virtual Result<KeyPage> read_keys(const TableMapping& table,
                                    const std::optional<std::string>& after,
                                    std::size_t count) = 0;

  // What the table has besides the columns that the settings name; nothing when there is no table.
  // As committed, on the connection of read_keys(); the assembling thread calls it.
  virtual Result<LiveColumns> read_live_columns(const TableMapping& table) = 0;

  // What the target is. From any thread, after the first open() that succeeded.
  [[nodiscard]] virtual TargetKind target() const { return TargetKind::postgresql; }

  // The sub-columns of the table's JSON column, as the target has them now; none when there is no
  // such table, or the target knows no sub-columns. As read_keys() on a connection of its own, and
  // from any thread, but the table need not be prepared.
  virtual Result<std::vector<SubColumn>> read_sub_columns(const TableMapping& /*table*/) {
    return std::vector<SubColumn>();
  }

  // Keeps the lease while nothing happens.
  virtual Status renew() = 0;

  // From any thread: from now on every wait for the target ends within about two seconds, with
  // sink_unavailable or sink_in_doubt. For a stop that has no more time; there is no way back. A
  // sink whose waits are that short anyway needs nothing.
  virtual void interrupt() {}

  // Gives the lease back, so that the next relay need not wait. Never fails loudly: best effort.
  virtual void release() = 0;
};

}  // namespace relay
