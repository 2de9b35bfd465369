// LatencyHistogram: how many durations fell below which bound. A plain value: whoever measures owns
// one and hands out copies.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace relay {

struct LatencyHistogram {
  // Seconds, each inclusive. From a batch of one row on this machine to one that meets the default
  // target.statement_timeout.
  static constexpr std::array<double, 15> kBounds = {
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};

  // Of each bound alone, not of those below it; the last one counts what is above all of them.
  std::array<std::uint64_t, kBounds.size() + 1> counts{};
  double seconds_sum = 0;

  void add(double seconds) {
    const auto* const bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
    seconds_sum += seconds;
  }

  bool operator==(const LatencyHistogram&) const = default;
};

}  // namespace relay
