// The loop of a stage's thread, with the last-resort barrier: whatever a driver throws at us ends
// the pipeline as an internal error instead of the process.
#pragma once

#include <algorithm>
#include <exception>
#include <functional>
#include <stop_token>
#include <string>

#include "core/clock.h"
#include "core/doorbell.h"
#include "core/error.h"
#include "pipeline/stage.h"

namespace relay {

// Returns when the stage has ended. `on_barrier` is told of an exception that reached the barrier.
template <class Stage>
void run_stage(Stage& stage,
               Doorbell& bell,
               Clock& clock,
               const std::stop_token& stop,
               const std::function<void(Error)>& on_barrier) {
  try {
    for (;;) {
      const std::uint64_t seen = bell.rings();
      const StepState state = stage.step();
      if (state == StepState::finished || state == StepState::failed) return;
      if (state == StepState::ran) continue;
      // A time in the past is none: what the stage waits for will ring the bell.
      const Clock::Duration left = stage.wake_at() - clock.now();
      const bool has_time = left > Clock::Duration::zero();
      bell.wait(seen, has_time ? std::min<Clock::Duration>(left, kNapMax) : kNapMax, stop);
    }
  } catch (const std::exception& exception) {
    on_barrier(
        {ErrorKind::internal, std::string("stage ended by an exception: ") + exception.what(), ""});
  }
}

}  // namespace relay
