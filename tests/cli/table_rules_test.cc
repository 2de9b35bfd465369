#include "cli/table_rules.h"

#include <functional>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(TableRulesTest, RulesKeepNamesAndForm) {
  TableSettings table;
  table.from = "shop.orders";
  table.to = "sales.orders";
  table.json = TableJson::extended;
  const Result<std::vector<TableRule>> made = to_table_rules({table});
  ASSERT_TRUE(made.ok());
  const std::vector<TableRule>& rules = made.value();
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].from, "shop.orders");
  EXPECT_EQ(rules[0].to, "sales.orders");
  EXPECT_EQ(rules[0].json, JsonForm::extended);
}

TEST(TableRulesTest, EverySettingOfATableReachesItsRule) {
  TableSettings table;
  table.from = "shop.orders";
  table.rest = "more";
  table.columns = {
      {.name = "id", .path = "_id", .type = "text", .is_key = true, .default_value = {}},
      {.name = "city",
       .path = "address.city",
       .type = "numeric(5,2)[]",
       .default_value = std::int64_t{3}}};
  table.exclude = {"card.number"};
  table.where = {{.path = "a.b", .op = FilterOperator::in, .values = {true, 1.5}}};
  table.on_delete = DeletePolicy::mark;
  table.on_drop = DropPolicy::truncate;
  table.evolve = TableEvolve::add;
  const Result<std::vector<TableRule>> made = to_table_rules({table});
  ASSERT_TRUE(made.ok());
  const TableRule& rule = made.value().at(0);
  EXPECT_EQ(rule.rest, "more");
  ASSERT_EQ(rule.columns.size(), 2U);
  EXPECT_TRUE(rule.columns[0].is_key);
  EXPECT_EQ(rule.columns[1].path, (FieldPath{"address", "city"}));
  EXPECT_EQ(format_column_type(rule.columns[1].type), "numeric(5,2)[]");
  EXPECT_EQ(rule.columns[1].default_value, Literal(std::int64_t{3}));
  EXPECT_EQ(rule.exclude, (std::vector<FieldPath>{{"card", "number"}}));
  ASSERT_EQ(rule.where.size(), 1U);
  EXPECT_EQ(rule.where[0].comparison, Comparison::in);
  EXPECT_EQ(rule.where[0].values.size(), 2U);
  EXPECT_EQ(rule.on_delete, OnDelete::mark);
  EXPECT_EQ(rule.on_drop, OnDrop::truncate);
  EXPECT_EQ(rule.evolve, Evolve::add);
}

TEST(TableRulesTest, APathWithAnEmptyNameIsRefused) {
  TableSettings table;
  table.from = "a.b";
  table.exclude = {"card..number"};
  const Result<std::vector<TableRule>> made = to_table_rules({table});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::config_invalid);
}

TEST(TableRulesTest, AMappingFileThatIsNotThereIsRefused) {
  TableSettings table;
  table.from = "a.b";
  table.schema_file = "/nowhere/orders.toml";
  EXPECT_FALSE(to_table_rules({table}).ok());
}

TEST(TableRulesTest, WhatIsBuiltIsNotRefused) {
  Settings settings;
  settings.target.uri = Secret("postgresql://h");
  settings.tables.emplace_back();
  EXPECT_TRUE(refuse_unbuilt(settings).ok());
  settings.stream.start = {StreamStart::Kind::time, {}};
  settings.ha.enabled = true;
  EXPECT_TRUE(refuse_unbuilt(settings).ok());
}

struct UnbuiltCase {
  std::string name;
  std::function<void(Settings&)> change;
  std::string message;
};

class UnbuiltTest : public testing::TestWithParam<UnbuiltCase> {};

// Ignoring one of these would replicate something else than what was asked for.
TEST_P(UnbuiltTest, IsRefusedInWords) {
  Settings settings;
  settings.tables.emplace_back().from = "a.b";
  GetParam().change(settings);
  const Status status = refuse_unbuilt(settings);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::config_invalid);
  EXPECT_EQ(status.error().message, GetParam().message + " is not in this version yet");
  EXPECT_FALSE(status.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Cli,
                         UnbuiltTest,
                         testing::Values(UnbuiltCase{"HaWithCrate",
                                                     [](Settings& s) {
                                                       s.ha.enabled = true;
                                                       s.target.uri = Secret("crate://h:5432");
                                                     },
                                                     "ha.enabled with CrateDB"}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
