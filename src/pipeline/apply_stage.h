// ApplyStage: the only writer of the target and of the checkpoint.
//
//   open the target; what it has stored decides where reading starts
//   while (batch = queue.pop()):
//     apply(batch), retrying as error_policy says
//     refused rows -> dead letters
//     progress.applied(batch.end)     only now may the position move
//     save checkpoint(batch.end)
//
// After a cut connection the target's own position says whether the batch is in: it moved in the
// same transaction as the rows. A batch that does not move it is applied again.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apply/sink.h"
#include "checkpoint/checkpoint_store.h"
#include "core/batch.h"
#include "core/bounded_queue.h"
#include "pipeline/progress.h"
#include "pipeline/read_stage.h"
#include "pipeline/retry.h"
#include "pipeline/snapshot_board.h"
#include "pipeline/stage.h"
#include "pipeline/start_position.h"

namespace relay {

using BatchQueue = BoundedQueue<Batch>;

class ApplyStage {
 public:
  struct Links {  // All outlive the stage.
    Sink& sink;
    CheckpointStore& store;
    StartQueue& start;
    BatchQueue& batches;
    SnapshotBoard& board;
    Control& control;
    Progress& progress;
    Clock& clock;
  };
  struct Options {
    std::string stream;
    StartSetting start;
    std::vector<const TableMapping*>
        tables;               // Known at the start: made or checked before the first event.
    Clock::Duration lease{};  // Renewed three times in its length.
    std::uint64_t dead_letters_max = 1'000;  // Open ones; more than this stop the relay.
    Patience patience;
  };

  ApplyStage(Links links, Options options);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const;
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  StepState open_target();
  StepState apply_batch();
  StepState wait_for_batch();
  StepState on_error(Error error);
  StepState finish();
  Status begin(const std::optional<Checkpoint>& in_target);
  Status prepare_table(const TableMapping* table);
  Status prepare_tables();
  static bool is_refusal(const Status& status);
  Status search_suspect();
  Status apply_rows();
  Status check_letters();
  StepState after_applied();
  Status save_position();

  Links links_;
  Options options_;
  Retry retry_;
  std::optional<Batch> batch_;  // In flight.
  std::set<const TableMapping*> prepared_;
  std::optional<Checkpoint> unsaved_;  // Applied, not in the state file yet.
  bool may_save_back_ = false;         // The unsaved position may lie before the saved one.
  std::optional<Error> failure_;
  Clock::TimePoint apply_began_at_{};
  Clock::TimePoint retry_at_{};
  Clock::TimePoint renew_at_{};
  Clock::TimePoint save_at_{};
  std::uint32_t suspected_batches_ = 0;  // So many more are searched before they are applied.
  bool is_open_ = false;
  bool is_standby_ = false;  // Waits for another relay's lease.
  bool has_begun_ = false;
};

}  // namespace relay
