#include "decode/filter.h"

#include <cmath>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

bool matches(const BsonBuilder& document, Comparison comparison, std::vector<Literal> values) {
  const std::vector<FilterCondition> conditions = {
      {.path = {"a", "b"}, .comparison = comparison, .values = std::move(values)}};
  const Bytes bytes = BsonBuilder().int32("_id", 1).document("a", document).bytes();
  return DocumentFilter(conditions).matches(bytes);
}

BsonBuilder b() {
  return {};
}

TEST(FilterTest, ComparesNumbersByTheirExactValue) {
  const BsonBuilder three = b().int32("b", 3);
  EXPECT_TRUE(matches(three, Comparison::equal, {3L}));
  EXPECT_TRUE(matches(three, Comparison::equal, {3.0}));
  EXPECT_TRUE(matches(three, Comparison::at_least, {3L}));
  EXPECT_TRUE(matches(three, Comparison::at_most, {3L}));
  EXPECT_FALSE(matches(three, Comparison::greater, {3L}));
  EXPECT_FALSE(matches(three, Comparison::less, {3L}));
  EXPECT_TRUE(matches(three, Comparison::less, {3.5}));
  EXPECT_TRUE(matches(three, Comparison::not_equal, {4L}));
  EXPECT_FALSE(matches(three, Comparison::not_equal, {3L}));
  const BsonBuilder above_double = b().int64("b", 9'007'199'254'740'993);
  EXPECT_TRUE(matches(above_double, Comparison::greater, {9'007'199'254'740'992.0}));
  EXPECT_FALSE(matches(b().decimal("b", "0.1"), Comparison::equal, {0.1}));
  EXPECT_TRUE(matches(b().decimal("b", "0.50"), Comparison::equal, {0.5}));
}

TEST(FilterTest, NanEqualsNanAndHasNoOrder) {
  const BsonBuilder nan = b().real("b", NAN);
  EXPECT_TRUE(matches(nan, Comparison::equal, {NAN}));
  EXPECT_TRUE(matches(nan, Comparison::at_least, {NAN}));
  EXPECT_TRUE(matches(nan, Comparison::not_equal, {1L}));
  EXPECT_FALSE(matches(nan, Comparison::less, {1L}));
  EXPECT_FALSE(matches(nan, Comparison::at_least, {1L}));
  EXPECT_FALSE(matches(b().int32("b", 1), Comparison::at_most, {NAN}));
}

TEST(FilterTest, TextsAreComparedWithTextsByTheirBytes) {
  const BsonBuilder text = b().string("b", "abc");
  EXPECT_TRUE(matches(text, Comparison::equal, {std::string("abc")}));
  EXPECT_TRUE(matches(text, Comparison::less, {std::string("abd")}));
  EXPECT_TRUE(matches(b().string("b", "\xC3\xA4"), Comparison::greater, {std::string("z")}));
  EXPECT_TRUE(matches(b().string("b", ""), Comparison::less, {std::string("a")}));
}

TEST(FilterTest, BooleansAndTimesAreComparedWithTheirOwn) {
  EXPECT_TRUE(matches(b().boolean("b", true), Comparison::equal, {true}));
  EXPECT_TRUE(matches(b().boolean("b", true), Comparison::not_equal, {false}));
  const auto time = std::chrono::sys_time<std::chrono::milliseconds>(1'000ms);
  EXPECT_TRUE(matches(b().date("b", 1'000), Comparison::equal, {time}));
  EXPECT_TRUE(matches(b().date("b", 999), Comparison::less, {time}));
  EXPECT_FALSE(matches(b().int64("b", 1'000), Comparison::equal, {time}));
}

TEST(FilterTest, ValuesOfOtherTypesHoldNoCondition) {
  const std::vector<Comparison> comparisons = {Comparison::equal,
                                               Comparison::not_equal,
                                               Comparison::less,
                                               Comparison::at_most,
                                               Comparison::greater,
                                               Comparison::at_least,
                                               Comparison::in};
  for (const Comparison comparison : comparisons) {
    EXPECT_FALSE(matches(b().string("b", "3"), comparison, {3L}));
    EXPECT_FALSE(matches(b().int32("b", 3), comparison, {std::string("3")}));
    EXPECT_FALSE(matches(b().int32("b", 1), comparison, {true}));
    EXPECT_FALSE(matches(b().null("b"), comparison, {3L}));
    EXPECT_FALSE(matches(b().null("c"), comparison, {3L})) << "a missing field";
    EXPECT_FALSE(matches(b().array("b", BsonBuilder().int32("0", 3)), comparison, {3L}));
  }
}

TEST(FilterTest, InHoldsForAnyOfItsValues) {
  const std::vector<Literal> values = {std::string("x"), 3L};
  EXPECT_TRUE(matches(b().int32("b", 3), Comparison::in, values));
  EXPECT_TRUE(matches(b().string("b", "x"), Comparison::in, values));
  EXPECT_FALSE(matches(b().int32("b", 4), Comparison::in, values));
}

TEST(FilterTest, ExistsLooksAtTheFieldOnly) {
  EXPECT_TRUE(matches(b().null("b"), Comparison::exists, {true}));
  EXPECT_FALSE(matches(b().null("b"), Comparison::exists, {false}));
  EXPECT_TRUE(matches(b().null("c"), Comparison::exists, {false}));
  EXPECT_FALSE(matches(b().null("c"), Comparison::exists, {true}));
}

TEST(FilterTest, PathsDoNotGoThroughArraysOrOtherValues) {
  const std::vector<FilterCondition> conditions = {
      {.path = {"a", "b"}, .comparison = Comparison::exists, .values = {true}}};
  const DocumentFilter filter(conditions);
  const BsonBuilder inner = BsonBuilder().int32("b", 1);
  EXPECT_TRUE(filter.matches(BsonBuilder().document("a", inner).bytes()));
  EXPECT_FALSE(
      filter.matches(BsonBuilder().array("a", BsonBuilder().document("0", inner)).bytes()));
  EXPECT_FALSE(filter.matches(BsonBuilder().array("a", inner).bytes()));
  EXPECT_FALSE(filter.matches(BsonBuilder().int32("a", 1).bytes()));
  EXPECT_FALSE(filter.matches(BsonBuilder().int32("a.b", 1).bytes()));
}

TEST(FilterTest, AllConditionsMustHold) {
  const std::vector<FilterCondition> conditions = {
      {.path = {"a"}, .comparison = Comparison::greater, .values = {1L}},
      {.path = {"a"}, .comparison = Comparison::less, .values = {3L}}};
  const DocumentFilter filter(conditions);
  EXPECT_FALSE(filter.matches(BsonBuilder().int32("a", 1).bytes()));
  EXPECT_TRUE(filter.matches(BsonBuilder().int32("a", 2).bytes()));
  EXPECT_FALSE(filter.matches(BsonBuilder().int32("a", 3).bytes()));
  EXPECT_TRUE(DocumentFilter({}).matches(BsonBuilder().bytes()));
}

// Left out without a word would be worse than a dead letter.
TEST(FilterTest, MalformedDocumentsAreWanted) {
  const std::vector<FilterCondition> conditions = {
      {.path = {"a"}, .comparison = Comparison::equal, .values = {1L}}};
  EXPECT_TRUE(DocumentFilter(conditions).matches(BsonBuilder().raw(0x55, "x", "").bytes()));
}

}  // namespace
}  // namespace relay
