// Digest: what a set of documents amounts to, in any order: their number and a 128-bit sum of
// hashes of their bytes. Equal sets have equal digests; for others to agree is an accident of 1 in
// 2^64 at best.
//
// A guard against mistakes, not against people: the hash is no cryptographic one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace relay {

struct Digest {
  std::uint64_t document_count = 0;
  std::uint64_t sum_high = 0;
  std::uint64_t sum_low = 0;

  // One document, as BSON, byte for byte: types, field order and all.
  void add(std::string_view document);
  void add(const Digest& other);

  bool operator==(const Digest&) const = default;
};

// "3300-00f1...": the count and 32 hex digits.
std::string format_digest(const Digest& digest);

}  // namespace relay
