#include "support/wait_until.h"

#include <thread>

namespace relay {

bool wait_until(std::chrono::milliseconds limit, const std::function<bool()>& claim) {
  // Short enough not to be seen beside what is waited for, long enough to leave it the processor.
  constexpr std::chrono::milliseconds kPause{5};
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!claim()) {
    if (std::chrono::steady_clock::now() >= end) return claim();
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace relay
