// Patience: doing something again for as long as the source is away. The only retry of the
// workload.
//
// What is repeated must be harmless to repeat: reads, drops, and writes that carry a session's
// number.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <utility>

#include "core/backoff.h"
#include "core/doorbell.h"
#include "core/error.h"
#include "workload/workload_progress.h"

namespace relay {

class Patience {
 public:
  // `progress` outlives this.
  Patience(std::uint64_t seed, WorkloadProgress& progress, std::stop_token stop)
      : backoff_(seed), progress_(progress), stop_(std::move(stop)) {}

  // Runs `attempt` until it succeeds, fails for a reason that does not pass, or stop is requested;
  // then there is one last attempt.
  template <class Attempt>
  auto repeat(const Attempt& attempt) {
    for (;;) {
      auto result = attempt();
      const bool passes = !result.ok() && result.error().kind == ErrorKind::source_unavailable;
      if (!passes || stop_.stop_requested()) {
        if (backoff_.attempts() > 0) progress_.set_trouble("");
        backoff_.reset();
        return result;
      }
      progress_.set_trouble(result.error().message);
      bell_.wait(bell_.rings(), std::min(backoff_.next(), kDelayMax), stop_);
    }
  }

 private:
  // Shorter than the relay's own: a workload that goes on long after its source makes a dull test.
  static constexpr std::chrono::milliseconds kDelayMax{1'000};

  Backoff backoff_;
  WorkloadProgress& progress_;
  std::stop_token stop_;
  Doorbell bell_;  // Nobody rings it: a wait that a stop ends early.
};

}  // namespace relay
