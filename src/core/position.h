// Position: a place in a change stream, and the checkpoint that stores it.
//
// Two events may share a cluster time (all events of one transaction do), so cluster times order
// positions only in the sense of "not older", never "newer".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/cluster_time.h"

namespace relay {

// A resume token as the server gave it, in bytes that somebody else owns.
struct TokenView {
  std::string_view data{};                    // `_data`: hex text. Empty: no token.
  std::span<const std::uint8_t> type_bits{};  // `_typeBits`: usually absent, then empty.
};

// The text a Position carries: `_data`, and behind a dot the hex of `_typeBits` when there are any.
// They tell number types of the event's _id apart that `_data` encodes alike; without them the
// server refuses most tokens that had them.
std::string format_token(const TokenView& token);

struct Position {
  // A token's text, see format_token(). Opaque: stored and handed back, never compared for
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
