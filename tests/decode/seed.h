// The seed of randomised tests: RELAY_TEST_SEED, else a new one each run; printed when a test uses
// it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace relay {

inline std::uint64_t test_seed() {
  static const std::uint64_t seed = [] {
    const char* given =
        std::getenv("RELAY_TEST_SEED");  // NOLINT(concurrency-mt-unsafe): one thread.
    const std::uint64_t value =
        given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "RELAY_TEST_SEED=" << value << '\n';
    return value;
  }();
  return seed;
}

}  // namespace relay
