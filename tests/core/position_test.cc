#include "core/position.h"

#include <array>

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr std::array<std::uint8_t, 2> kTypeBits = {0x81, 0x0A};

TEST(PositionTest, ATokensTextIsItsDataAndTheTypeBitsItHas) {
  EXPECT_EQ(format_token({.data = "82AB", .type_bits = {}}), "82AB");
  EXPECT_EQ(format_token({.data = "82AB", .type_bits = kTypeBits}), "82AB.810a");
}

TEST(PositionTest, ClusterTimesOrderBySecondsThenByIncrement) {
  EXPECT_LT((ClusterTime{1, 9}), (ClusterTime{2, 1}));
  EXPECT_LT((ClusterTime{1, 1}), (ClusterTime{1, 2}));
}

}  // namespace
}  // namespace relay
