// Guarded<T>: a value that several threads share, reachable only under its lock.
#pragma once

#include <mutex>
#include <utility>

namespace relay {

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Runs `use` with the value, under the lock. `use` must not keep a reference to it.
  template <class Use>
  auto with(Use&& use) {
    std::scoped_lock lock(mutex_);
    return std::forward<Use>(use)(value_);
  }

  T copy() const {
    std::scoped_lock lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace relay
