#include "survey/name_review.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

std::optional<std::string> uncut(const std::vector<TableRule>& rules, const Namespace& ns) {
  Result<TableMap> map = TableMap::make(rules);
  EXPECT_TRUE(map.ok());
  const auto routed = map.value().route(view_of(ns));
  EXPECT_TRUE(routed.ok() && routed.value().size() == 1);
  return find_uncut_name(rules, *routed.value().front());
}

TEST(NameReviewTest, ANameThatWasCutIsToldAsItWouldBe) {
  const std::string collection(64, 'c');
  EXPECT_EQ(uncut({{.from = "shop.*"}}, {"shop", collection}), "shop." + collection);
  EXPECT_EQ(
      uncut({{.from = "shop." + collection, .to = "sales.t_{collection}"}}, {"shop", collection}),
      "sales.t_" + collection);
}

TEST(NameReviewTest, ANameThatFitsIsNoNews) {
  EXPECT_EQ(uncut({{.from = "shop.*"}}, {"shop", std::string(63, 'c')}), std::nullopt);
}

// The rule with the full name makes the table, not the pattern beside it.
TEST(NameReviewTest, TheRuleThatCountsIsFound) {
  const std::string collection(64, 'c');
  EXPECT_EQ(uncut({{.from = "shop.*", .to = "sales.orders{collection}{db}"},
                   {.from = "shop.x", .to = "sales.ordersxshop"}},
                  {"shop", "x"}),
            std::nullopt);
}

}  // namespace
}  // namespace relay
