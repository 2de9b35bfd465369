// Virtual time: stands still until it is advanced.
#pragma once

#include "core/clock.h"

namespace relay {

class FakeClock final : public Clock {
 public:
  TimePoint now() override { return now_; }
  std::chrono::system_clock::time_point wall_now() override {
    return std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000)) + elapsed_;
  }
  void advance(Duration duration) {
    now_ += duration;
    elapsed_ += std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
  }
  // As when somebody sets the clock; steady time does not see it.
  void set_wall_back(std::chrono::seconds seconds) { elapsed_ -= seconds; }

 private:
  TimePoint now_{std::chrono::hours(1)};
  std::chrono::system_clock::duration elapsed_{};
};

}  // namespace relay
