#include "mapping/name_pattern.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

struct PatternCase {
  std::string name;
  std::string pattern;
  std::string text;
  bool matches;
};

class PatternTest : public testing::TestWithParam<PatternCase> {};

TEST_P(PatternTest, StarsStandForAnyRun) {
  EXPECT_EQ(matches_pattern(GetParam().pattern, GetParam().text), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(NamePattern,
                         PatternTest,
                         testing::Values(PatternCase{"Same", "orders", "orders", true},
                                         PatternCase{"Prefix", "order", "orders", false},
                                         PatternCase{"Longer", "orderss", "orders", false},
                                         PatternCase{"Star", "*", "orders", true},
                                         PatternCase{"StarOnNothing", "*", "", true},
                                         PatternCase{"EmptyRun", "orders*", "orders", true},
                                         PatternCase{"Front", "*_log", "a_log", true},
                                         PatternCase{"FrontMiss", "*_log", "a_logs", false},
                                         PatternCase{"Middle", "a*c", "abbc", true},
                                         PatternCase{"MiddleMiss", "a*c", "abb", false},
                                         PatternCase{"Return", "*ab", "aab", true},
                                         PatternCase{"TwoStars", "a*b*c", "axxbyybc", true},
                                         PatternCase{"StarsTogether", "a**", "a", true},
                                         PatternCase{
                                             "DotsInside", "orders*", "orders.2024.x", true},
                                         PatternCase{"EmptyPattern", "", "", true},
                                         PatternCase{"EmptyPatternMiss", "", "a", false},
                                         PatternCase{"QuestionMarkIsItself", "a?", "ab", false}),
                         [](const auto& test) { return test.param.name; });

// Without the single point of return this would take longer than anybody waits.
TEST(NamePatternTest, ManyStarsStayFast) {
  const std::string text(2'000, 'a');
  EXPECT_FALSE(matches_pattern("*a*a*a*a*a*a*a*a*a*a*b", text));
}

TEST(NamePatternTest, TheServersOwnCollectionsMatchNothing) {
  EXPECT_TRUE(matches_namespace({"*", "*"}, {"shop", "orders"}));
  EXPECT_FALSE(matches_namespace({"*", "*"}, {"admin", "orders"}));
  EXPECT_FALSE(matches_namespace({"*", "*"}, {"local", "orders"}));
  EXPECT_FALSE(matches_namespace({"*", "*"}, {"config", "orders"}));
  EXPECT_FALSE(matches_namespace({"shop", "*"}, {"shop", "system.views"}));
  EXPECT_TRUE(matches_namespace({"shop", "*"}, {"shop", "systems"}));
  EXPECT_TRUE(matches_namespace({"*", "*"}, {"administration", "x"}));
  EXPECT_FALSE(matches_namespace({"shop", "*"}, {"shop", ""})) << "an event of the whole database";
}

// Names as a mongod 6.0 makes them. They are gone in a moment; a table of one would stay.
TEST(NamePatternTest, TemporaryCollectionsMatchNothing) {
  for (const char* name : {"tmp.agg_out.0c2f2f1e-9d1c-4f8b-a9d7-0a8e3b8a1c11",
                           "tmp.mr.orders_0",
                           "tmpXa0bZ.convertToCapped.orders",
                           "tmp1AbcD.renameCollection"}) {
    EXPECT_FALSE(matches_namespace({"shop", "*"}, {"shop", name})) << name;
    EXPECT_FALSE(matches_namespace({"*", "tmp*"}, {"shop", name})) << name;
  }
  for (const char* name : {"tmp",
                           "tmp.agg_out",
                           "tmp.mr",
                           "tmpfile.renameCollection.x",
                           "tmp.XaBc.renameCollection",
                           "tmpXaBc.renameCollection",
                           "tmpXaBcD.convertToCapped",
                           "tmpXaBcD.orders",
                           "tmpXaBcD",
                           "mytmpXaBcD.renameCollection"}) {
    EXPECT_TRUE(matches_namespace({"shop", "*"}, {"shop", name})) << name;
  }
}

TEST(NamePatternTest, TheFirstDotSplits) {
  EXPECT_EQ(split_namespace("shop.orders.archive"), (NamespaceView{"shop", "orders.archive"}));
  EXPECT_EQ(split_namespace("shop"), NamespaceView{});
  EXPECT_EQ(split_namespace("shop."), NamespaceView{});
  EXPECT_EQ(split_namespace(".orders"), NamespaceView{});
  EXPECT_EQ(split_namespace(""), NamespaceView{});
}

}  // namespace
}  // namespace relay
