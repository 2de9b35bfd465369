// ReadStage: the only reader of the stream. Keeps one read ahead of the assembling stage.
//
//   start = from the apply stage (what is stored decides where to begin)
//   open(start); hand on the opening position, so that it is stored before anything happens, with
//     the collections that exist
//   while not draining:
//     reply = next()            one getMore in flight while the previous reply is assembled
//     hand it on                waits while the queue is full: backpressure
//   on an error: open again behind the last reply received; nothing downstream notices
//   when an event is too large to be sent: walk up to it and take it without its documents
//   when the position is lost: open at the source's present, and say so: the tables are copied
//   again
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/bounded_queue.h"
#include "pipeline/large_event_walk.h"
#include "pipeline/progress.h"
#include "pipeline/retry.h"
#include "pipeline/snapshot_board.h"
#include "pipeline/stage.h"
#include "source/change_source.h"

namespace relay {

enum class RunMode : std::uint8_t {
  until_stopped,
  once,  // Until the position the source has when the stream opens.
};

// What stands at the head of a stream. Comes with an empty reply.
struct StreamOpening {
  std::vector<CollectionInfo> collections;  // Those that exist.
  bool is_gap = false;                      // Events before it are missing: the position was lost.
};

// A reply with what the assembling stage needs to know about its stream.
struct ReceivedReply {
  Reply reply;
  std::string pipeline_hash;
  Clock::TimePoint received_at;
  std::optional<StreamOpening> opening;
};

using ReplyQueue = BoundedQueue<ReceivedReply>;
using StartQueue = BoundedQueue<StartPoint>;

// What becomes of a stream whose stored position the source no longer holds.
enum class PositionLost : std::uint8_t { repair, stop };

class ReadStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    StartQueue& start;
    ReplyQueue& replies;
    Control& control;
    Progress& progress;
    SnapshotBoard& board;
    Clock& clock;
  };
  struct Options {
    RunMode mode = RunMode::until_stopped;
    std::chrono::milliseconds await{500};  // Longest wait of one read when nothing happens.
    PositionLost on_position_lost = PositionLost::repair;
    Patience patience;
  };

  ReadStage(Links links, Options options);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return retry_at_; }
  // Once step() returned failed; else null.
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  StepState open_stream();
  Status begin_stream(const Position& opened);
  [[nodiscard]] bool is_over() const;
  StepState read_reply();
  void take_form(const Reply& reply);
  StepState on_error(Error error);
  StepState fail(Error error);
  StepState hand_on();
  StepState finish();

  Links links_;
  Options options_;
  Retry retry_;
  LargeEventWalk walk_;
  std::optional<StartPoint> start_;       // Where to open next.
  std::optional<ReceivedReply> pending_;  // Received, not handed on yet.
  std::optional<ClusterTime> once_until_;
  std::optional<Position> once_end_;  // Of the first reply that reaches that time.
  std::optional<Error> failure_;
  Position position_;  // End of the last reply received.
  Clock::TimePoint retry_at_{};
  bool is_open_ = false;
  bool has_begun_ = false;             // The opening was handed on.
  bool is_gap_ = false;                // The next opening follows a lost position.
  bool was_reopened_at_time_ = false;  // And no event has come since.
};

}  // namespace relay
