#include "source/collection_split.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

SplitRequest request(std::size_t parts_max, std::uint64_t part_documents_min) {
  return {.parts_max = parts_max, .part_documents_min = part_documents_min};
}

TEST(CollectionSplitTest, SmallCollectionsHaveFewerParts) {
  EXPECT_EQ(plan_split({0, 0}, request(4, 100)).parts, 1U);
  EXPECT_EQ(plan_split({199, 199}, request(4, 100)).parts, 1U);
  EXPECT_EQ(plan_split({200, 200}, request(4, 100)).parts, 2U);
  EXPECT_EQ(plan_split({1'000'000, 1'000'000}, request(4, 100)).parts, 4U);
  EXPECT_EQ(plan_split({10, 10}, request(4, 0)).parts, 4U);
  EXPECT_EQ(plan_split({0, 0}, request(0, 0)).parts, 1U);
}

TEST(CollectionSplitTest, ManySmallDocumentsAreSampled) {
  EXPECT_EQ(plan_split({2'000'000, 500'000'000}, request(8, 1'000)).samples, 1'600U);
}

// Each sample makes the server read a whole document.
TEST(CollectionSplitTest, LargeDocumentsAreSampledLess) {
  const SplitPlan plan = plan_split({100'000, 100'000ULL * 5'000'000}, request(4, 1'000));
  EXPECT_EQ(plan.samples, 32U);
}

// From 5 % on the server would read everything.
TEST(CollectionSplitTest, SmallCollectionsAreCutExactly) {
  EXPECT_EQ(plan_split({16'000, 16'000}, request(4, 1'000)).samples, 0U);
  EXPECT_EQ(plan_split({16'001, 16'001}, request(4, 1'000)).samples, 800U);
}

}  // namespace
}  // namespace relay
