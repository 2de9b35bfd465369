// Random numbers that a seed repeats on every machine (splitmix64, Steele, Lea and Flood 2014).
#pragma once

#include <cstdint>

namespace relay {

class FakeRandom {
 public:
  explicit FakeRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
  }
  // 0 to bound - 1.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool one_in(std::uint64_t n) { return n > 0 && below(n) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace relay
