// CrateLease: which relay writes a stream, and the stored position, on a target without
// transactions. They share one row of relay.checkpoint, as on PostgreSQL.
//
// Invariant: the row is changed only under the sequence number it was last read with, so of two
// relays that change it at once one is told. Nothing is written once the lease may have ended;
// statements that were sent before may still be running for as long as they take, and whoever comes
// next begins at the stored position, so what they write is written again.
//
// Not here: whether rows may be written (the sink asks keep()).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "apply/pg_pipeline.h"
#include "core/position.h"
#include "core/result.h"

namespace relay {

class CrateLease {
 public:
  CrateLease(std::string stream, std::string owner, std::chrono::milliseconds duration)
      : stream_(std::move(stream)), owner_(std::move(owner)), duration_(duration) {}

  // The first time: takes the lease; lease_held when it has not ended, also when it is that of an
  // earlier process of ours: its last statement may be running. Later: goes on if nobody else has
  // taken it (else lease_lost). Returns what is stored for the stream.
  Result<std::optional<Checkpoint>> claim(PgConnection& connection);

  // Before anything is written: renews the lease when half of it is over.
  Status keep(PgConnection& connection);
  Status renew(PgConnection& connection) { return change(connection, {}, duration_); }

  // Stores the position, and renews. After everything up to it is in the target.
  Status move(PgConnection& connection, const Checkpoint& end) {
    return change(connection, {.end = &end}, duration_);
  }

  // Stores that there is no position.
  Status forget(PgConnection& connection) {
    return change(connection, {.forgets_position = true}, duration_);
  }

  // Ends the lease now, if it is still ours. Best effort.
  void release(PgConnection& connection);

  // The server's time, in seconds since 1970, as far as it is known. After claim().
  [[nodiscard]] double server_seconds() const;

 private:
  using SteadyClock = std::chrono::steady_clock;

  struct Row {
    std::string seq_no;
    std::string term;
    std::string owner;
    std::int64_t epoch = 0;
    double lease_until = 0;  // Seconds since 1970.
    std::optional<Checkpoint> stored;
  };

  // What becomes of the position in the row. Neither: it stays.
  struct Change {
    const Checkpoint* end = nullptr;
    bool forgets_position = false;
  };

  // nullopt: there is none.
  Result<std::optional<Row>> read(PgConnection& connection);
  Status insert(PgConnection& connection);
  // False: somebody has changed the row.
  Result<bool> update(PgConnection& connection,
                      std::int64_t epoch,
                      const Change& wanted,
                      std::chrono::milliseconds duration);
  Status change(PgConnection& connection, const Change& wanted, std::chrono::milliseconds duration);
  Status look_again(PgConnection& connection);
  [[nodiscard]] bool is_ours(const Row& row) const;
  [[nodiscard]] Error lost_error() const;
  [[nodiscard]] Error held_error(const Row& row) const;

  std::string stream_;
  std::string owner_;
  std::chrono::milliseconds duration_;
  std::int64_t epoch_ = 0;  // The one we know to be ours; 0: none yet.
  std::int64_t epoch_possible_ =
      0;                        // The highest that a change whose answer was lost may have set.
  Row row_;                     // As last read.
  double read_at_seconds_ = 0;  // The server's time when it was read...
  SteadyClock::time_point read_at_;  // ...and ours.
  SteadyClock::time_point renewed_at_;
};

}  // namespace relay
