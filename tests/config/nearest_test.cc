#include "config/nearest.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

struct DistanceCase {
  std::string name;
  std::string a;
  std::string b;
  std::size_t distance;
};

class EditDistanceTest : public testing::TestWithParam<DistanceCase> {};

TEST_P(EditDistanceTest, CountsEditsInBothDirections) {
  EXPECT_EQ(edit_distance(GetParam().a, GetParam().b), GetParam().distance);
  EXPECT_EQ(edit_distance(GetParam().b, GetParam().a), GetParam().distance);
}

INSTANTIATE_TEST_SUITE_P(Nearest,
                         EditDistanceTest,
                         testing::Values(DistanceCase{"Equal", "batch_rows", "batch_rows", 0},
                                         DistanceCase{"BothEmpty", "", "", 0},
                                         DistanceCase{"OneEmpty", "", "abc", 3},
                                         DistanceCase{"Missing", "batch_row", "batch_rows", 1},
                                         DistanceCase{"Replaced", "batch_rowz", "batch_rows", 1},
                                         DistanceCase{"Swapped", "batch_rwos", "batch_rows", 1},
                                         DistanceCase{"SwappedAtTheFront", "abc", "bac", 1},
                                         DistanceCase{"TwoSwaps", "badc", "abcd", 2},
                                         DistanceCase{"Unlike", "uri", "await", 4}),
                         [](const auto& test) { return test.param.name; });

constexpr std::array<std::string_view, 3> kWords = {"batch_rows", "batch_bytes", "uri"};

TEST(NearestWordTest, FindsTheTypo) {
  EXPECT_EQ(nearest_word("batch_row", kWords), "batch_rows");
  EXPECT_EQ(nearest_word("batchbytes", kWords), "batch_bytes");
  EXPECT_EQ(nearest_word("url", kWords), "uri");
}

TEST(NearestWordTest, DoesNotGuessWhenNothingIsNear) {
  EXPECT_EQ(nearest_word("frequency", kWords), "");
  EXPECT_EQ(nearest_word("", kWords), "");
  EXPECT_EQ(nearest_word("uri", {}), "");
}

}  // namespace
}  // namespace relay
