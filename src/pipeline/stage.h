// What the stages of a pipeline have in common: they are driven step by step, by a thread each or,
// in the simulation, all by one loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/clock.h"
#include "core/doorbell.h"
#include "core/error.h"

namespace relay {

enum class StepState : std::uint8_t {
  ran,       // Did something; step again.
  idle,      // Nothing to do before the bell rings or wake_at() has come.
  finished,  // Will never do anything again, and has no complaint.
  failed,    // As finished, with failure() saying why.
};

// Orders to all stages of a pipeline. Any thread.
class Control {
 public:
  explicit Control(Doorbell& bell) : bell_(bell) {}

  // Read nothing more, finish what was read.
  void drain() {
    is_draining_ = true;
    bell_.ring();
  }
  // Leave at the next step, whatever is in flight.
  void stop() {
    is_stopping_ = true;
    drain();
  }
  // Apply nothing until further notice; the lease is kept. A drain ends it.
  void set_paused(bool is_paused) {
    is_paused_ = is_paused;
    bell_.ring();
  }
  [[nodiscard]] bool is_paused() const { return is_paused_ && !is_draining_; }
  [[nodiscard]] bool is_draining() const { return is_draining_; }
  [[nodiscard]] bool is_stopping() const { return is_stopping_; }

 private:
  Doorbell& bell_;
  std::atomic<bool> is_draining_ = false;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<bool> is_paused_ = false;
};

// Longest nap of an idle stage, so that time based duties (lease, lag) are seen to without a bell.
inline constexpr std::chrono::seconds kNapMax{1};

}  // namespace relay
