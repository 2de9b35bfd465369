// Buckets: all rows of one side as a few numbers, so that only where two sides differ do rows have
// to be looked at one by one.
//
// A row is added into the bucket of its key, in any order; two sides with the same rows have the
// same buckets. Two that differ have the same ones once in 10^38 at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "verify/digest.h"

namespace relay {

class Buckets {
 public:
  static constexpr std::size_t kCount = 1U << 16U;

  struct Bucket {
    std::uint64_t rows = 0;
    std::uint64_t key_bytes = 0;
    Digest sum{};

    bool operator==(const Bucket&) const = default;
  };

  Buckets() : buckets_(kCount) {}

  // `row`: of the whole row, key included.
  void add(std::string_view key, const Digest& row);

  [[nodiscard]] std::uint64_t row_count() const { return row_count_; }
  [[nodiscard]] const Bucket& operator[](std::size_t index) const { return buckets_[index]; }
  static std::size_t bucket_of(std::string_view key);

 private:
  std::vector<Bucket> buckets_;
  std::uint64_t row_count_ = 0;
};

// Some of the buckets.
class BucketSet {
 public:
  BucketSet() : is_in_(Buckets::kCount) {}

  void add(std::size_t index) { is_in_[index] = true; }
  [[nodiscard]] bool has_key_of(std::string_view key) const {
    return is_in_[Buckets::bucket_of(key)];
  }

 private:
  std::vector<bool> is_in_;
};

// What a row costs while it is compared by its key, besides the bytes of the key.
inline constexpr std::size_t kRowOverhead = 256;

// The buckets that differ, in groups whose rows are compared together: they take `bytes_max` of
// memory, unless a single bucket takes more. Empty: both sides are the same.
std::vector<BucketSet> differing_buckets(const Buckets& one,
                                         const Buckets& other,
                                         std::size_t bytes_max);

}  // namespace relay
