#include "survey/field_statistics.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "mapping/field_path.h"
#include "survey/findings.h"

namespace relay {
namespace {

FieldStatistics statistics_of(const std::vector<BsonBuilder>& documents,
                              const std::vector<FieldPath>& exclude = {}) {
  FieldStatistics statistics(exclude, JsonForm::plain, TargetKind::postgresql);
  for (const BsonBuilder& document : documents) {
    const Bytes bytes = document.bytes();
    statistics.add(bytes);
  }
  return statistics;
}

// "a bigint, b.c text": the fields with their columns; "-" for none, "!" behind a conflict.
std::string columns_of(const std::vector<BsonBuilder>& documents,
                       const std::vector<FieldPath>& exclude = {}) {
  std::string text;
  for (const FieldFacts& field : statistics_of(documents, exclude).fields()) {
    if (field.is_opened) continue;
    text += (text.empty() ? "" : ", ") + format_path(field.path) + " " +
            (field.type ? format_column_type(*field.type) : "-") + (field.is_conflict ? "!" : "");
  }
  return text;
}

BsonBuilder one() {
  return {};
}

// The widest column that holds every value exactly, and the near misses.
struct Case {
  std::string name;
  std::vector<BsonBuilder> documents;
  std::string columns;
};

class ChosenColumnTest : public testing::TestWithParam<Case> {};

TEST_P(ChosenColumnTest, HoldsEveryValueExactly) {
  EXPECT_EQ(columns_of(GetParam().documents), GetParam().columns);
}

INSTANTIATE_TEST_SUITE_P(
    Survey,
    ChosenColumnTest,
    testing::Values(
        Case{"IntsAreBigint", {one().int32("a", 1), one().int64("a", 1LL << 40)}, "a bigint"},
        Case{"WholeDoublesMayBeBrokenNext", {one().real("a", 3)}, "a double precision"},
        Case{"SmallIntsFitADouble",
             {one().real("a", 0.5), one().int32("a", 7)},
             "a double precision"},
        Case{"LargeIntsBesideDoublesAreNumeric",
             {one().real("a", 0.5), one().int64("a", (1LL << 53) + 1)},
             "a numeric"},
        Case{"DecimalsAreNumeric", {one().decimal("a", "1.10"), one().real("a", 0.1)}, "a numeric"},
        // No column of numbers holds both: numeric has no -0, double precision not 0.1 exactly.
        Case{"NumbersThatNoColumnHolds",
             {one().decimal("a", "0.1"), one().real("a", -0.0)},
             "a json!"},
        Case{"StringsAreText", {one().string("a", "x")}, "a text"},
        Case{"StringsWithNulAreNot", {one().string("a", std::string_view("x\0y", 3))}, "a json"},
        Case{"IdsAndStringsAreTextAndAConflict",
             {one().string("a", "x"), one().object_id("a", "123456789012")},
             "a text!"},
        Case{"StringsAndNumbersAreJson", {one().string("a", "x"), one().int32("a", 1)}, "a json!"},
        Case{"UuidsAreUuid", {one().binary("a", 4, std::string(16, 'u'))}, "a uuid"},
        Case{"BytesAreBytea", {one().binary("a", 0, "x")}, "a bytea"},
        Case{"OtherBytesAreJson", {one().binary("a", 5, "x")}, "a json"},
        Case{"DatesAreTimestamps", {one().date("a", 0)}, "a timestamp with time zone"},
        Case{"DatesOutOfRangeAreJson",
             {one().date("a", std::numeric_limits<std::int64_t>::max())},
             "a json"},
        Case{"NullsFitEverywhere", {one().null("a"), one().boolean("a", true)}, "a boolean"},
        Case{"NullsAloneAreNoColumn", {one().null("a")}, "a -"},
        Case{"ListsOfOneType", {one().array("a", one().string("0", "x").null("1"))}, "a text[]"},
        Case{"ListsOfWholeDoubles", {one().array("a", one().real("0", 1))}, "a double precision[]"},
        Case{"ListsOfSeveralTypes",
             {one().array("a", one().string("0", "x").int32("1", 1))},
             "a json!"},
        Case{"EmptyListsSayNothing", {one().array("a", {})}, "a json"},
        Case{"ListsOfDocuments",
             {one().array("a", one().document("0", one().int32("b", 1)))},
             "a json"},
        Case{"ListsAndSingleValues",
             {one().array("a", one().string("0", "x")), one().string("a", "x")},
             "a json!"},
        Case{"DocumentsAreOpened",
             {one().document("a", one().int32("b", 1).string("c", "x"))},
             "a.b bigint, a.c text"},
        Case{"NullsInTheirPlaceAreNoObstacle",
             {one().document("a", one().int32("b", 1)), one().null("a")},
             "a.b bigint"},
        Case{"DocumentsAndOthersStayWhole",
             {one().document("a", one().int32("b", 1)), one().int32("a", 1)},
             "a json!"},
        Case{"EmptyDocumentsStayWhole", {one().document("a", {})}, "a json"},
        Case{"NamesWithoutAPathStayInside",
             {one().document("a", one().int32("b.c", 1).int32("d", 1))},
             "a json"},
        Case{"NamesWithoutAPathAreNoField", {one().int32("b.c", 1).int32("", 1)}, ""},
        Case{"KeysOfWholeNumbers", {one().int32("_id", 1).int32("a", 1)}, "_id bigint, a bigint"},
        Case{"KeysOfSeveralTypesAreText",
             {one().int32("_id", 1), one().string("_id", "x")},
             "_id text!"},
        Case{"KeysThatAreDocumentsAreText",
             {one().document("_id", one().int32("b", 1))},
             "_id text"},
        Case{"KeysOfDoublesAreText", {one().real("_id", 1.5)}, "_id text"}),
    [](const auto& test) { return test.param.name; });

TEST(FieldStatisticsTest, TheKeyComesFirstThenWhatIsThereMostOften) {
  EXPECT_EQ(columns_of({one().int32("z", 1).int32("b", 1).int32("_id", 1),
                        one().int32("z", 1).int32("_id", 2).int32("a", 1)}),
            "_id bigint, z bigint, a bigint, b bigint");
}

TEST(FieldStatisticsTest, WhatIsExcludedIsNotSeen) {
  EXPECT_EQ(columns_of({one().int32("a", 1).document("b", one().int32("c", 1).int32("d", 1))},
                       {{"a"}, {"b", "c"}}),
            "b.d bigint");
}

TEST(FieldStatisticsTest, TypesAreCounted) {
  const auto fields =
      statistics_of({one().string("a", "x"), one().string("a", "y"), one().int32("a", 1)}).fields();
  ASSERT_EQ(fields.size(), 1U);
  EXPECT_EQ(format_kinds(fields.front().kinds), "string 2, int 1");
  EXPECT_EQ(fields.front().value_count(), 3U);
}

// A map of keys would become as many columns as it has keys.
TEST(FieldStatisticsTest, DocumentsWithManyNamesAreNotOpened) {
  BsonBuilder few;
  BsonBuilder many;
  for (std::size_t i = 0; i < FieldStatistics::kOpenedNamesMax; ++i) {
    few.int32(std::to_string(i), 1);
    many.int32(std::to_string(i), 1);
  }
  many.int32("more", 1);
  EXPECT_NE(columns_of({one().document("a", few)}), "a json");
  EXPECT_EQ(columns_of({one().document("a", many)}), "a json");
}

TEST(FieldStatisticsTest, DocumentsFarInsideAreNotOpened) {
  const BsonBuilder deepest = BsonBuilder().int32("e", 1);
  const BsonBuilder document = BsonBuilder().document(
      "a", one().document("b", one().document("c", one().document("d", deepest))));
  EXPECT_EQ(columns_of({document}), "a.b.c.d json");
}

TEST(FieldStatisticsTest, NamesWithoutEndAreCut) {
  BsonBuilder document;
  for (std::size_t i = 0; i <= FieldStatistics::kNamesMax; ++i)
    document.int32(std::to_string(i), 1);
  const FieldStatistics statistics = statistics_of({document});
  EXPECT_EQ(statistics.fields().size(), FieldStatistics::kNamesMax);
  EXPECT_TRUE(statistics.has_more_names());
}

}  // namespace
}  // namespace relay
