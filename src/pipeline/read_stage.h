// ReadStage: the only reader of the stream. Keeps one read ahead of the assembling stage.
//
//   start = from the apply stage (what is stored decides where to begin)
//   open(start); hand on the opening position, so that it is stored before anything happens
//   while not draining:
//     reply = next()            one getMore in flight while the previous reply is assembled
//     hand it on                waits while the queue is full: backpressure
//   on an error: open again behind the last reply received; nothing downstream notices
#pragma once

#include <optional>

#include "core/bounded_queue.h"
#include "pipeline/progress.h"
#include "pipeline/retry.h"
#include "pipeline/stage.h"
#include "source/change_source.h"

namespace relay {

enum class RunMode : std::uint8_t {
  until_stopped,
  once,  // Until the position the source has when the stream opens.
};

// A reply with what the assembling stage needs to know about its stream.
struct ReceivedReply {
  Reply reply;
  std::string pipeline_hash;
  Clock::TimePoint received_at;
};

using ReplyQueue = BoundedQueue<ReceivedReply>;
using StartQueue = BoundedQueue<StartPoint>;

class ReadStage {
 public:
  struct Links {  // All outlive the stage.
    ChangeSource& source;
    StartQueue& start;
    ReplyQueue& replies;
    Control& control;
    Progress& progress;
    Clock& clock;
  };

  ReadStage(Links links, RunMode mode, Patience patience);

  StepState step();
  [[nodiscard]] Clock::TimePoint wake_at() const { return retry_at_; }
  // Once step() returned failed; else null.
  [[nodiscard]] const Error* failure() const { return failure_ ? &*failure_ : nullptr; }

 private:
  StepState open_stream();
  StepState read_reply();
  StepState on_error(Error error);
  StepState hand_on();
  StepState finish();

  Links links_;
  RunMode mode_;
  Retry retry_;
  std::optional<StartPoint> start_;       // Where to open next.
  std::optional<ReceivedReply> pending_;  // Received, not handed on yet.
  std::optional<ClusterTime> once_until_;
  std::optional<Error> failure_;
  Position position_;  // End of the last reply received.
  Clock::TimePoint retry_at_{};
  bool is_open_ = false;
  bool was_open_ = false;
  bool is_last_reply_ = false;         // `once`: the pending reply reaches the end.
  bool was_reopened_at_time_ = false;  // And no event has come since.
};

}  // namespace relay
