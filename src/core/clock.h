// Clock: what time it is, so that tests can own it. One of the four seams. Any thread.
#pragma once

#include <chrono>

namespace relay {

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  virtual ~Clock() = default;

  // Never goes backwards.
  virtual TimePoint now() = 0;

  // Seconds and more since 1970, for people and for lag; may jump.
  virtual std::chrono::system_clock::time_point wall_now() = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() override;
  std::chrono::system_clock::time_point wall_now() override;
};

}  // namespace relay
