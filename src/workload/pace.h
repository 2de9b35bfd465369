// Pace: when the next batch of a writer is due, so that the rate holds however long a write takes.
//
// The schedule counts from its beginning, not from the last batch. After a pause of more than a
// second, such as an election, it begins anew: what was missed is not made up for in a burst.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "core/clock.h"

namespace relay {

class Pace {
 public:
  static constexpr std::uint32_t kBatchMax = 1'000;

  // `per_second`: operations of this writer; 0: as fast as it goes.
  Pace(double per_second, Clock::TimePoint start) : per_second_(per_second), start_(start) {}

  // Operations of a batch: about a twentieth of a second's.
  [[nodiscard]] std::uint32_t batch_size() const {
    if (per_second_ <= 0) return kBatchMax;
    return static_cast<std::uint32_t>(std::clamp(per_second_ / 20, 1.0, double{kBatchMax}));
  }

  // When the operation after `count` of them is due; not later than `now` when it is late.
  Clock::TimePoint due(std::uint64_t count, Clock::TimePoint now) {
    if (per_second_ <= 0) return now;
    const auto planned = [&] {
      return start_ + std::chrono::duration_cast<Clock::Duration>(
                          std::chrono::duration<double>(static_cast<double>(count) / per_second_));
    };
    const Clock::Duration late = now - planned();
    if (late > std::chrono::seconds(1)) start_ += late;
    return planned();
  }

 private:
  double per_second_;
  Clock::TimePoint start_;
};

}  // namespace relay
