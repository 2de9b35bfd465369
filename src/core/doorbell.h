// Doorbell: wakes threads that wait for "anything changed". One bell serves a whole pipeline: it
// rings a few times a batch, so waking a thread too often costs nothing that can be measured.
//
//   const auto seen = bell.rings();
//   if (nothing to do) bell.wait(seen, duration, stop);   // a ring between the two lines is not
//   lost
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

namespace relay {

class Doorbell {
 public:
  // Any thread.
  void ring() {
    std::scoped_lock lock(mutex_);
    ++rings_;
    changed_.notify_all();
  }

  [[nodiscard]] std::uint64_t rings() const {
    std::scoped_lock lock(mutex_);
    return rings_;
  }

  // Returns when the bell has rung since `seen`, after the duration, or when stop is requested.
  void wait(std::uint64_t seen,
            std::chrono::steady_clock::duration duration,
            const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, duration, [this, seen] { return rings_ != seen; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t rings_ = 0;
};

}  // namespace relay
