// Position: a place in a change stream, and the checkpoint that stores it.
//
// Two events may share a cluster time (all events of one transaction do), so cluster times order
// positions only in the sense of "not older", never "newer".
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace relay {

// The server's timestamp: seconds since 1970 and a counter within the second.
struct ClusterTime {
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;

  auto operator<=>(const ClusterTime&) const = default;
  [[nodiscard]] bool is_zero() const { return seconds == 0 && increment == 0; }
};

struct Position {
  // Hex text of the resume token's `_data`. Opaque: stored and handed back, never compared for
  // order. Empty: no token, the cluster time alone says where.
  std::string token;
  ClusterTime cluster_time;

  bool operator==(const Position&) const = default;
};

// What is stored for a stream.
struct Checkpoint {
  Position position;
  // Hash of the stream's scope and pipeline. A token is good only for the definition it came from.
  std::string pipeline_hash;

  bool operator==(const Checkpoint&) const = default;
};

}  // namespace relay
