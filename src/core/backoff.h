// Backoff: how long to wait before the next attempt: doubling from 100 ms to 5 s, with jitter, so
// that several relays do not come back to a recovering server at the same moment.
#pragma once

#include <chrono>
#include <cstdint>

namespace relay {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kDelayMin{100};
  static constexpr std::chrono::milliseconds kDelayMax{5'000};

  explicit Backoff(std::uint64_t seed) : random_(seed | 1U) {}

  // The delay before the next attempt: between half of and the whole of the doubled value.
  std::chrono::milliseconds next();

  // Something worked: begin at the shortest delay again.
  void reset() { attempts_ = 0; }

  // Calls of next() since the last reset.
  [[nodiscard]] int attempts() const { return attempts_; }

 private:
  std::uint64_t random_;
  int attempts_ = 0;
};

}  // namespace relay
