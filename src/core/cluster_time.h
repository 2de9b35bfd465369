// Cluster time: when something happened, on the source's clock.
#pragma once

#include <compare>
#include <cstdint>

namespace relay {

// The server's timestamp: seconds since 1970 and a counter within the second.
struct ClusterTime {
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;

  auto operator<=>(const ClusterTime&) const = default;
  [[nodiscard]] bool is_zero() const { return seconds == 0 && increment == 0; }
};

}  // namespace relay
