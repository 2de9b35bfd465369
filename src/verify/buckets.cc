#include "verify/buckets.h"

namespace relay {

std::size_t Buckets::bucket_of(std::string_view key) {
  return hash_key(key) % kCount;
}

void Buckets::add(std::string_view key, const Digest& row) {
  Bucket& bucket = buckets_[bucket_of(key)];
  ++bucket.rows;
  bucket.key_bytes += key.size();
  bucket.sum.low += row.low;
  bucket.sum.high += row.high;
  ++row_count_;
}

std::vector<BucketSet> differing_buckets(const Buckets& one,
                                         const Buckets& other,
                                         std::size_t bytes_max) {
  std::vector<BucketSet> groups;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < Buckets::kCount; ++i) {
    if (one[i] == other[i]) continue;
    const std::size_t cost =
        one[i].key_bytes + other[i].key_bytes + (one[i].rows + other[i].rows) * kRowOverhead;
    if (groups.empty() || bytes + cost > bytes_max) {
      groups.emplace_back();
      bytes = 0;
    }
    groups.back().add(i);
    bytes += cost;
  }
  return groups;
}

}  // namespace relay
