#include "decode/name_set.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(NameSetTest, KeepsEveryHashWhileItGrows) {
  NameSet set;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    EXPECT_TRUE(set.insert(i * 0x9E3779B97F4A7C15)) << i;
  for (std::uint64_t i = 0; i < 10'000; ++i)
    EXPECT_FALSE(set.insert(i * 0x9E3779B97F4A7C15)) << i;
}

TEST(NameSetTest, HashesThatShareASlotAreDistinct) {
  NameSet set;
  for (std::uint64_t i = 1; i < 90; ++i)
    EXPECT_TRUE(set.insert(i << 32U));
  EXPECT_FALSE(set.insert(std::uint64_t{1} << 32U));
}

}  // namespace
}  // namespace relay
