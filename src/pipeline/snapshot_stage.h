// SnapshotStage: one lane that reads for snapshots. Several run side by side.
//
//   claim what the board wants to be read next
//     plan:  is the table empty? choose ranges
//     copy:  one chunk of a range, in the order of _id
//     sweep: one page of the table's keys; which of their documents still exist?
//   hand it on                    waits while the queue is full: backpressure
//
// The stream has priority: nothing is claimed while the stream is behind, except now and then, so
// that a source that is always ahead does not put a snapshot off for ever. While the oplog runway
// is short and shrinks it comes to nothing but that: a lost position means to copy everything
// again.
#pragma once

#include <optional>

#include "apply/sink.h"
#include "pipeline/progress.h"
#include "pipeline/read_chunk.h"
#include "pipeline/retry.h"
#include "pipeline/stage.h"

namespace relay {

struct SnapshotOptions {
  std::size_t chunk_rows = 10'000;  // At most.
  std::size_t chunk_bytes = 2U << 20U;
  std::size_t parallel = 2;  // Lanes, and ranges of a collection.
};

// How many documents to read at once from the range: few enough that a relay which is killed again
// and again reads little of the collection twice.
std::size_t chunk_rows_of(const SnapshotPart& part, const SnapshotOptions& options);

class SnapshotStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    Sink& sink;
    SnapshotBoard& board;
    ChunkQueue& chunks;
    Control& control;
    Progress& progress;
    Clock& clock;
  };

  SnapshotStage(Links links,
                std::size_t lane,
                const SnapshotOptions& options,
                Patience source_patience,
                Patience target_patience);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return wake_at_; }
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  [[nodiscard]] bool may_claim(Clock::TimePoint now);
  StepState hand_on();
  StepState read(const SnapshotClaim& claim);
  Result<ReadChunk> plan(const SnapshotClaim& claim);
  Result<ReadChunk> copy(const SnapshotClaim& claim);
  Result<ReadChunk> sweep(const SnapshotClaim& claim);
  StepState on_error(const SnapshotClaim& claim, Error error);

  Links links_;
  std::size_t lane_;
  SnapshotOptions options_;
  Retry source_retry_;
  Retry target_retry_;
  std::optional<ReadChunk> pending_;  // Read, not handed on yet.
  std::optional<Error> failure_;
  Clock::TimePoint retry_at_{};
  Clock::TimePoint wake_at_{};
  std::optional<Clock::TimePoint> behind_since_;
};

}  // namespace relay
