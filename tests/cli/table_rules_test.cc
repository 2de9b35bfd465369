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
  const std::vector<TableRule> rules = to_table_rules({table});
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].from, "shop.orders");
  EXPECT_EQ(rules[0].to, "sales.orders");
  EXPECT_EQ(rules[0].json, JsonForm::extended);
}

TEST(TableRulesTest, WhatIsBuiltIsNotRefused) {
  Settings settings;
  settings.target.uri = Secret("postgresql://h");
  settings.tables.emplace_back();
  EXPECT_TRUE(refuse_unbuilt(settings).ok());
  settings.stream.start = {StreamStart::Kind::time, {}};
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

INSTANTIATE_TEST_SUITE_P(
    Cli,
    UnbuiltTest,
    testing::Values(
        UnbuiltCase{"Crate",
                    [](Settings& s) { s.target.uri = Secret("crate://h"); },
                    "target.uri with crate://"},
        UnbuiltCase{"Ha", [](Settings& s) { s.ha.enabled = true; }, "ha.enabled"},
        UnbuiltCase{"Append",
                    [](Settings& s) { s.tables[0].mode = TableMode::append; },
                    "table a.b: mode = \"append\""},
        UnbuiltCase{"Columns",
                    [](Settings& s) { s.tables[0].columns.emplace_back(); },
                    "table a.b: columns"},
        UnbuiltCase{"Rest", [](Settings& s) { s.tables[0].rest = ""; }, "table a.b: rest"},
        UnbuiltCase{"Exclude",
                    [](Settings& s) { s.tables[0].exclude.emplace_back("x"); },
                    "table a.b: exclude"},
        UnbuiltCase{
            "Where", [](Settings& s) { s.tables[0].where.emplace_back(); }, "table a.b: where"},
        UnbuiltCase{"Evolve",
                    [](Settings& s) { s.tables[0].evolve = TableEvolve::add; },
                    "table a.b: evolve = \"add\""},
        UnbuiltCase{"OnDelete",
                    [](Settings& s) { s.tables[0].on_delete = DeletePolicy::mark; },
                    "table a.b: on_delete = \"mark\""},
        UnbuiltCase{"OnDrop",
                    [](Settings& s) { s.tables[0].on_drop = DropPolicy::stop; },
                    "table a.b: on_drop other than \"keep\""},
        UnbuiltCase{"SchemaFile",
                    [](Settings& s) { s.tables[0].schema_file = "x"; },
                    "table a.b: schema_file"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
