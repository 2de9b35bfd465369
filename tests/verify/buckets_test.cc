#include "verify/buckets.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

std::string key_of(int number) {
  return "key " + std::to_string(number);
}

Buckets fill(int first, int end, int step = 1) {
  Buckets buckets;
  for (int i = first; i != end; i += step)
    buckets.add(key_of(i), make_digest("row " + std::to_string(i)));
  return buckets;
}

constexpr std::size_t kPlenty = 1U << 30U;

TEST(BucketsTest, TheSameRowsInAnyOrderAreTheSame) {
  const Buckets up = fill(0, 10'000);
  const Buckets down = fill(9'999, -1, -1);
  EXPECT_EQ(up.row_count(), 10'000U);
  EXPECT_TRUE(differing_buckets(up, down, kPlenty).empty());
}

TEST(BucketsTest, OneRowMoreOrAnotherRowIsSeenInTheBucketOfItsKey) {
  const Buckets one = fill(0, 1'000);
  const Buckets other = fill(0, 1'001);
  const std::vector<BucketSet> more = differing_buckets(one, other, kPlenty);
  ASSERT_EQ(more.size(), 1U);
  EXPECT_TRUE(more.front().has_key_of(key_of(1'000)));
  Buckets changed = fill(1, 1'000);
  changed.add(key_of(0), make_digest("another row"));
  const std::vector<BucketSet> differs = differing_buckets(one, changed, kPlenty);
  ASSERT_EQ(differs.size(), 1U);
  EXPECT_TRUE(differs.front().has_key_of(key_of(0)));
}

// A sum that only counted bits would lose a row that is there twice, and twice missing.
TEST(BucketsTest, ARowThatIsThereTwiceIsSeen) {
  Buckets one = fill(0, 10);
  Buckets other = fill(0, 10);
  one.add(key_of(3), make_digest("row 3"));
  one.add(key_of(3), make_digest("row 3"));
  EXPECT_EQ(differing_buckets(one, other, kPlenty).size(), 1U);
}

TEST(BucketsTest, GroupsHoldWhatMemoryAllowsAndEachBucketOnce) {
  const Buckets none;
  const Buckets all = fill(0, 5'000);
  const std::vector<BucketSet> groups = differing_buckets(all, none, 100 * kRowOverhead);
  EXPECT_GT(groups.size(), 40U);
  for (int i = 0; i < 5'000; ++i) {
    int count = 0;
    for (const BucketSet& group : groups)
      count += group.has_key_of(key_of(i)) ? 1 : 0;
    ASSERT_EQ(count, 1) << i;
  }
}

TEST(BucketsTest, ABucketThatIsTooLargeIsAGroupOfItsOwn) {
  const Buckets none;
  const Buckets one = fill(0, 1);
  EXPECT_EQ(differing_buckets(one, none, 1).size(), 1U);
}

}  // namespace
}  // namespace relay
