// Random: the only source of chance of the workload, the same numbers on every machine and library.
// (The standard library's distributions differ between implementations.)
#pragma once

#include <cstdint>

namespace relay {

// The finisher of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

constexpr std::uint64_t mix_bits(std::uint64_t a, std::uint64_t b) {
  return mix_bits(mix_bits(a + 0x9e3779b97f4a7c15U) ^ b);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix_bits(state_);
  }

  // From 0 to bound - 1. `bound` is at least 1.
  constexpr std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
  }

  constexpr bool chance(std::uint32_t per_mille) { return below(1'000) < per_mille; }

 private:
  std::uint64_t state_;
};

}  // namespace relay
