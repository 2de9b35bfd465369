#include "pipeline/touched_keys.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(TouchedKeysTest, AKeyIsTouchedSinceEveryMomentBeforeItsLastTouch) {
  TouchedKeys keys;
  keys.add("a", 3);
  keys.add("a", 7);
  EXPECT_TRUE(keys.is_touched_since("a", 2));
  EXPECT_TRUE(keys.is_touched_since("a", 6));
  EXPECT_FALSE(keys.is_touched_since("a", 7));
  EXPECT_FALSE(keys.is_touched_since("b", 0));
}

TEST(TouchedKeysTest, ForgettingKeepsWhatWasTouchedLater) {
  TouchedKeys keys;
  keys.add("a", 1);
  keys.add("b", 2);
  keys.add("a", 3);
  keys.forget_up_to(2);
  EXPECT_TRUE(keys.is_touched_since("a", 2));
  EXPECT_FALSE(keys.is_touched_since("b", 0));
  keys.forget_up_to(3);
  EXPECT_EQ(keys.byte_count(), 0U);
}

TEST(TouchedKeysTest, MemoryIsThatOfTheKeysRemembered) {
  TouchedKeys keys;
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    keys.add(std::to_string(i), i);
    keys.forget_up_to(i - 1);
  }
  TouchedKeys one;
  one.add("1000", 1);
  EXPECT_EQ(keys.byte_count(), one.byte_count());
  keys.clear();
  EXPECT_EQ(keys.byte_count(), 0U);
}

}  // namespace
}  // namespace relay
