// Digests: 128 bits that stand for the bytes of a row, and the number by which keys are sorted into
// buckets. Not against somebody who wants two rows to look alike; two that differ by chance have
// the same digest once in 10^38.
#pragma once

#include <cstdint>
#include <string_view>

namespace relay {

struct Digest {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  bool operator==(const Digest&) const = default;
};

Digest make_digest(std::string_view bytes);

std::uint64_t hash_key(std::string_view key);

}  // namespace relay
