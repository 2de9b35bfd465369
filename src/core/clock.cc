#include "core/clock.h"

namespace relay {

Clock::TimePoint SystemClock::now() {
  return std::chrono::steady_clock::now();
}

std::chrono::system_clock::time_point SystemClock::wall_now() {
  return std::chrono::system_clock::now();
}

}  // namespace relay
