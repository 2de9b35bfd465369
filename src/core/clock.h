// Clock: time and waiting, so that tests can own both. One of the four seams.
#pragma once

#include <chrono>
#include <stop_token>

namespace relay {

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  virtual ~Clock() = default;

  // Never goes backwards. Any thread.
  virtual TimePoint now() = 0;

  // Seconds and more since 1970, for people and for lag; may jump. Any thread.
  virtual std::chrono::system_clock::time_point wall_now() = 0;

  // Returns after the duration, or at once when stop is requested. Any thread.
  virtual void wait_for(Duration duration, const std::stop_token& stop) = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint now() override;
  std::chrono::system_clock::time_point wall_now() override;
  void wait_for(Duration duration, const std::stop_token& stop) override;
};

}  // namespace relay
