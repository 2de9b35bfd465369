// What every yardstick of bench/run shares: its figures, and how it gives up.
#pragma once

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

#include <sys/resource.h>

#include "core/result.h"

namespace relay {

// A yardstick that cannot do its work ends the run: there is nothing to compare then.
[[noreturn]] inline void fail(const std::string& what) {
  throw std::runtime_error(what);
}

template <class T>
T take(Result<T> result) {
  if (!result.ok()) fail(result.error().message);
  return std::move(result.value());
}

// Wall and CPU time of this process since it was made.
class Stopwatch {
 public:
  // One line of JSON.
  void print(const char* what, std::size_t count) const {
    const double wall =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::printf("{\"what\": \"%s\", \"count\": %zu, \"seconds\": %.4f, \"cpu_seconds\": %.4f}\n",
                what,
                count,
                wall,
                cpu_seconds() - cpu_);
    std::fflush(stdout);
  }

 private:
  static double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

}  // namespace relay
