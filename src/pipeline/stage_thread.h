// The loop of a stage's thread, with the last-resort barrier: whatever a driver throws at us ends
// the pipeline as an internal error instead of the process.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/doorbell.h"
#include "core/error.h"
#include "pipeline/stage.h"

namespace relay {

// How long an idle stage may sleep unless the bell rings. A wake-up time in the past is none: what
// the stage waits for will ring.
inline Clock::Duration nap_of(Clock::TimePoint wake_at, Clock::TimePoint now) {
  const Clock::Duration left = wake_at - now;
  return left > Clock::Duration::zero() ? std::min<Clock::Duration>(left, kNapMax) : kNapMax;
}

// A thread's sign of life: when it began its last step. Written by the thread, read by any.
class Heartbeat {
 public:
  void beat(Clock::TimePoint now) { at_ = now.time_since_epoch().count(); }
  [[nodiscard]] Clock::TimePoint at() const { return Clock::TimePoint(Clock::Duration(at_)); }

 private:
  std::atomic<Clock::Duration::rep> at_ = 0;
};

// Returns when the stage has ended. `on_barrier` is told of an exception that reached the barrier.
template <class Stage>
void run_stage(Stage& stage,
               Doorbell& bell,
               Clock& clock,
               const std::stop_token& stop,
               Heartbeat& heartbeat,
               const std::function<void(Error)>& on_barrier) {
  try {
    for (;;) {
      const std::uint64_t seen = bell.rings();
      heartbeat.beat(clock.now());
      const StepState state = stage.step();
      if (state == StepState::finished || state == StepState::failed) return;
      if (state == StepState::ran) continue;
      bell.wait(seen, nap_of(stage.wake_at(), clock.now()), stop);
    }
  } catch (const std::exception& exception) {
    on_barrier(
        {ErrorKind::internal, std::string("stage ended by an exception: ") + exception.what(), ""});
  }
}

}  // namespace relay
