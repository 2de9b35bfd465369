#include "verify/digest.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(DigestTest, OneBitMakesAnotherDigest) {
  const std::string bytes(300, 'a');
  const Digest digest = make_digest(bytes);
  EXPECT_EQ(make_digest(bytes), digest);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const Digest other = make_digest(flipped);
    ASSERT_NE(other.low, digest.low) << bit;
    ASSERT_NE(other.high, digest.high) << bit;
  }
}

TEST(DigestTest, KeysAreSpread) {
  EXPECT_NE(hash_key("1") % 65'536, hash_key("2") % 65'536);
  EXPECT_EQ(hash_key("1"), hash_key("1"));
}

}  // namespace
}  // namespace relay
