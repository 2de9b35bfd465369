// Lease: which relay writes a stream, and the stored position, which share one row of
// relay.checkpoint.
//
// Invariant: no batch of another relay, nor an earlier one of ours that the server has not begun,
// can commit once claim() has returned: every batch begins with move_position, which raises unless
// owner and epoch are the row's, and whose row lock puts transactions in order. Every claim raises
// the epoch.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "apply/pg_pipeline.h"
#include "core/position.h"
#include "core/result.h"

namespace relay {

// How a lease is asked for that another relay may hold.
enum class LeaseManner : std::uint8_t {
  once,      // Waits for a batch of the holder that is under way.
  stand_by,  // Again and again: nothing is locked while it is held, and no wait is long.
};

class Lease {
 public:
  Lease(std::string stream,
        std::string owner,
        std::chrono::milliseconds duration,
        LeaseManner manner = LeaseManner::once)
      : stream_(std::move(stream)),
        owner_(std::move(owner)),
        duration_(duration),
        manner_(manner) {}

  // The first time: takes the lease, or says who holds it (lease_held). Later: goes on if nobody
  // else has taken it since (else lease_lost). Returns what is stored for the stream.
  //
  // With LeaseManner::stand_by a holder that has stopped in the middle of a transaction is shut out
  // once it has been silent for as long as the lease lasts; without that its lock would last for as
  // long as it sleeps.
  Result<std::optional<Checkpoint>> claim(PgConnection& connection);

  Status renew(PgConnection& connection);

  // Ends the lease now, if it is still ours. Best effort.
  void release(PgConnection& connection);

  // Queues the statement that fences the transaction and moves the position. `end` outlives the
  // call.
  void queue_move(PgPipeline& pipeline, const Checkpoint& end) const;
  // Queues the statement that forgets the position, fenced in the same way.
  void queue_forget(PgPipeline& pipeline) const;
  static void queue_preparation(PgPipeline& pipeline);

  // What the failure of the queued statement means.
  [[nodiscard]] Error move_error(const PgFailure& failure) const;

  [[nodiscard]] const std::string& stream() const { return stream_; }

 private:
  Result<std::optional<Checkpoint>> claim_first(PgConnection& connection);
  Result<std::optional<Checkpoint>> claim_as_standby(PgConnection& connection);
  Result<std::optional<Checkpoint>> take(PgConnection& connection, const PgAnswer& claimed);
  // nullopt: nobody does, or we do.
  Result<std::optional<Error>> find_holder(PgConnection& connection) const;
  Result<std::optional<Checkpoint>> claim_again(PgConnection& connection);
  [[nodiscard]] Error lost_error() const;
  [[nodiscard]] PgParams ours() const;

  std::string stream_;
  std::string owner_;
  std::chrono::milliseconds duration_;
  LeaseManner manner_;
  std::int64_t epoch_ = 0;           // The one we know to be ours; 0: none yet.
  std::int64_t epoch_possible_ = 0;  // The highest that a claim whose answer was lost may have set.
};

}  // namespace relay
