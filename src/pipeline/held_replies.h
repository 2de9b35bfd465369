// HeldReplies: replies of the stream that planned writes are views into, and since when events
// wait.
//
// A reply is held until its last event is in a batch. One that no write looks into gives its bytes
// back at once: while the target is away there may be any number of them.
//
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "core/clock.h"
#include "source/change_source.h"

namespace relay {

class HeldReplies {
 public:
  // Ordinals never fall from one call to the next. `last_ordinal`: of the reply's last event, or of
  // the last one before it; of the last fragment of an event that is still to be completed.
  void hold(Reply reply, Clock::TimePoint received_at, std::uint64_t last_ordinal) {
    held_.push_back({std::move(reply), received_at, last_ordinal});
  }
  // Nothing looks into the reply, but its end is a position, too.
  void note_passed(Clock::TimePoint received_at, std::uint64_t last_ordinal) {
    if (!held_.empty() && held_.back().reply.buffer.view().empty()) {
      held_.back().last_ordinal = last_ordinal;
    } else {
      held_.push_back({{}, received_at, last_ordinal});
    }
  }
  // Events up to `ordinal`, inclusive, are in batches.
  void forget_up_to(std::uint64_t ordinal) {
    while (!held_.empty() && held_.front().last_ordinal <= ordinal)
      held_.pop_front();
  }

  [[nodiscard]] bool is_empty() const { return held_.empty(); }
  // Of what waits longest; nullopt: nothing waits.
  [[nodiscard]] std::optional<Clock::TimePoint> oldest_received() const {
    if (held_.empty()) return std::nullopt;
    return held_.front().received_at;
  }
  // Replies, those that have given their bytes back counted together.
  [[nodiscard]] std::size_t count() const { return held_.size(); }
  [[nodiscard]] std::size_t byte_count() const {
    std::size_t bytes = 0;
    for (const Held& held : held_)
      bytes += held.reply.buffer.view().size();
    return bytes;
  }

 private:
  struct Held {
    Reply reply;
    Clock::TimePoint received_at;
    std::uint64_t last_ordinal = 0;
  };

  std::deque<Held> held_;
};

}  // namespace relay
