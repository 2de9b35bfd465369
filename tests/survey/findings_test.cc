#include "survey/findings.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::hours;

PlannedTable make_table() {
  PlannedTable table;
  table.to = {"sales", "orders"};
  table.sample.documents = 10;
  return table;
}

TEST(FindingsTest, DeadLettersAndMisfitsAreWarnings) {
  PlannedTable table = make_table();
  table.sample.rejections = {{"misfit", 3}};
  table.sample.misfits = {{"total", 2}};
  const std::vector<Finding> findings = judge_sample(table);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(findings[0].about, "sales.orders");
  EXPECT_EQ(findings[0].text, "3 of 10 sampled documents would become dead letters: misfit");
  EXPECT_NE(findings[0].remedy.find("rest"), std::string::npos);
  EXPECT_NE(findings[1].text.find("column total"), std::string::npos);
}

TEST(FindingsTest, AConflictIsTypesAndCounts) {
  PlannedTable table = make_table();
  table.sample.fields = {{.path = {"a", "b"},
                          .kinds = {{"int", 2}, {"string", 8}},
                          .type = ColumnType{.name = TypeName::json},
                          .is_conflict = true},
                         {.path = {"c"}, .kinds = {{"int", 2}}}};
  const std::vector<Finding> findings = judge_sample(table);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].text,
            "field \"a.b\" has values of several types: string 8, int 2; json takes them all");
}

TEST(FindingsTest, AFineSampleHasNone) {
  EXPECT_TRUE(judge_sample(make_table()).empty());
}

TEST(FindingsTest, ATableHasOnlySoManyColumns) {
  TableMapping mapping{.from = {"shop", "wide"}, .to = {"sales", "wide"}};
  mapping.columns.resize(1'599);
  mapping.columns.front().is_key = true;
  EXPECT_TRUE(judge_columns(mapping, TargetKind::postgresql).empty()) << "with rest 1,600";
  mapping.columns.resize(1'600);
  const std::vector<Finding> findings = judge_columns(mapping, TargetKind::postgresql);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::blocker);
  EXPECT_EQ(findings[0].text, "1601 columns, and a table has at most 1600");
}

TEST(FindingsTest, OnCrateDbATableHasFewerAndOverflowIsOne) {
  TableMapping mapping{.from = {"shop", "wide"}, .to = {"sales", "wide"}};
  mapping.columns.resize(998);
  mapping.columns.front().is_key = true;
  EXPECT_TRUE(judge_columns(mapping, TargetKind::cratedb).empty()) << "with data and overflow";
  mapping.columns.resize(999);
  const std::vector<Finding> findings = judge_columns(mapping, TargetKind::cratedb);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].text, "1001 columns, and a table has at most 1000");
}

TEST(FindingsTest, WhatObjectsDoNotKeepIsSaidByField) {
  PlannedTable table = make_table();
  table.sample.overflow_values = {{"data", 9}};
  table.sample.overflow_fields = {{"a", 1}, {"b.c", 4}, {"d", 1}, {"e", 1}, {"f", 1}, {"g", 1}};
  const std::vector<Finding> findings = judge_sample(table);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_TRUE(findings[0].text.starts_with("9 values would stand in overflow, not in data"))
      << findings[0].text;
  EXPECT_TRUE(findings[0].text.ends_with(R"("b.c" 4, "a" 1, "d" 1, "e" 1, "f" 1 and 1 more)"))
      << findings[0].text;
}

TEST(FindingsTest, ABudgetThatIsUsedUpIsSaid) {
  PlannedTable table = make_table();
  table.sample.sub_columns = 947;
  table.sample.has_room_for_columns = false;
  const std::vector<Finding> findings = judge_sample(table);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].text.find("947"), std::string::npos) << findings[0].text;
}

TEST(FindingsTest, AnOplogShorterThanTheCopyIsSaid) {
  EXPECT_TRUE(judge_oplog(hours(5), hours(5)).empty());
  const std::vector<Finding> findings = judge_oplog(hours(4), hours(5));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_NE(findings[0].remedy.find("minRetentionHours: 6"), std::string::npos);
}

}  // namespace
}  // namespace relay
