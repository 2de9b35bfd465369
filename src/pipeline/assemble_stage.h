// AssembleStage: replies to batches.
//
//   take a reply: decode its events, keep the wanted ones as planned writes
//   when the limits are reached, or the source has nothing more right now and the apply stage is
//   free: make a batch of them and hand it on
//
// Replies are held until every event in them is in a batch, because planned writes are views into
// them.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <set>
#include <string>

#include "core/bounded_queue.h"
#include "mapping/table_map.h"
#include "pipeline/apply_stage.h"
#include "pipeline/batch_maker.h"
#include "pipeline/progress.h"
#include "pipeline/read_stage.h"
#include "pipeline/retry.h"
#include "pipeline/stage.h"
#include "plan/batch_builder.h"

namespace relay {

class AssembleStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    TableMap& tables;
    ReplyQueue& replies;
    BatchQueue& batches;
    Control& control;
    Progress& progress;
    Clock& clock;
  };

  AssembleStage(Links links, BatchLimits limits, JsonTarget target, Patience patience);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return wake_at_; }
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  struct Held {
    ReceivedReply received;
    std::uint64_t last_ordinal = 0;  // Of its last event, or of the last one before it.
  };

  [[nodiscard]] bool wants_more() const;
  [[nodiscard]] Tail tail() const;
  StepState take_reply(ReceivedReply received);
  Status take_event(const ChangeEvent& event);
  Status plan_writes(const ChangeEvent& event);
  void note_passed_over(const ChangeEvent& event);
  StepState emit();
  StepState emit_writes(std::size_t count);
  StepState hand_on(Batch batch, std::size_t count);
  [[nodiscard]] bool is_position_due() const;
  StepState fail(Error error);
  StepState finish();

  Links links_;
  BatchBuilder builder_;
  BatchMaker maker_;
  Retry retry_;
  std::deque<Held> held_;
  std::optional<std::size_t> smaller_cut_;  // A batch proved too large; try this many writes.
  std::array<std::uint64_t, kOperationTypeCount> operations_{};  // Of the reply being taken.
  std::set<std::string> passed_over_;                            // Logged already.
  std::optional<Error> failure_;
  Checkpoint end_;                  // Behind everything taken.
  Position emitted_;                // End of the last batch handed on.
  std::uint64_t events_taken_ = 0;  // Ordinal of the last event taken.
  std::uint64_t events_emitted_ = 0;
  std::uint64_t batch_count_ = 0;
  Clock::TimePoint retry_at_{};
  Clock::TimePoint wake_at_{};
  Clock::TimePoint position_emitted_at_{};
  bool is_tail_open_ = false;  // The last reply was full: its last transaction may continue.
};

}  // namespace relay
