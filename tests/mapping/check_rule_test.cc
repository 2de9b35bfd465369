#include "mapping/check_rule.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

ColumnMapping key() {
  return {.name = "id", .path = {"_id"}, .is_key = true};
}
ColumnMapping column(std::string name) {
  return {.name = std::move(name), .path = {"a"}};
}
TableRule with_columns(std::vector<ColumnMapping> columns) {
  return {.from = "shop.orders", .columns = std::move(columns)};
}

std::string explain(TableRule rule, void (*change)(TableRule&)) {
  change(rule);
  return explain_rule(rule);
}

TEST(CheckRuleTest, WhatMakesSenseHasNothingToSay) {
  EXPECT_EQ(explain_rule({.from = "shop.orders"}), "");
  EXPECT_EQ(explain_rule(with_columns({column("a"), key()})), "");
  const auto allow_list = [](TableRule& rule) { rule.rest = ""; };
  EXPECT_EQ(explain(with_columns({key()}), allow_list), "");
  const auto evolve = [](TableRule& rule) { rule.evolve = Evolve::add; };
  EXPECT_EQ(explain(TableRule(), evolve), "");
  const auto filtered = [](TableRule& rule) {
    rule.mode = MappingMode::append;
    rule.where = {{.path = {"a"}, .comparison = Comparison::in, .values = {1L, 2L}}};
    rule.exclude = {{"card", "number"}};
    rule.on_drop = OnDrop::truncate;
  };
  EXPECT_EQ(explain(TableRule(), filtered), "");
}

TEST(CheckRuleTest, ColumnsHaveOneKeyWhichIsTheId) {
  EXPECT_EQ(explain_rule(with_columns({column("a")})),
            "columns need exactly one with key = true, found 0");
  ColumnMapping second = key();
  second.name = "id2";
  EXPECT_EQ(explain_rule(with_columns({key(), second})),
            "columns need exactly one with key = true, found 2");
  ColumnMapping other = key();
  other.path = {"a"};
  EXPECT_EQ(explain_rule(with_columns({other})), "column \"id\": the key column has the path _id");
  other = key();
  other.type.is_array = true;
  EXPECT_EQ(explain_rule(with_columns({other})),
            "column \"id\": a key column is no list and no json");
  other = key();
  other.default_value = "x"s;
  EXPECT_EQ(explain_rule(with_columns({other})), "column \"id\": a key column has no default");
}

TEST(CheckRuleTest, NamesAreThoseATableCanHave) {
  EXPECT_EQ(explain_rule(with_columns({key(), column("")})), "column \"\": a name is empty");
  const std::string long_name(64, 'x');
  EXPECT_EQ(explain_rule(with_columns({key(), column(long_name)})),
            "column \"" + long_name + "\": longer than the 63 bytes of a name");
  EXPECT_EQ(explain_rule(with_columns({key(), column("ctid")})),
            "column \"ctid\": the name of a column that PostgreSQL gives every table");
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.rest = "xmin"; }),
            "rest \"xmin\": the name of a column that PostgreSQL gives every table");
}

TEST(CheckRuleTest, NoTwoColumnsHaveOneName) {
  EXPECT_EQ(explain_rule(with_columns({key(), column("a"), column("a")})),
            "two columns are called \"a\"");
  EXPECT_EQ(explain_rule(with_columns({key(), column("data")})), "two columns are called \"data\"");
  EXPECT_EQ(explain_rule(with_columns({key(), column("deleted_at")})), "");
  const auto mark = [](TableRule& rule) { rule.on_delete = OnDelete::mark; };
  EXPECT_EQ(explain(with_columns({key(), column("deleted_at")}), mark),
            "two columns are called \"deleted_at\"");
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.rest = "oid"; }),
            "two columns are called \"oid\"");
}

TEST(CheckRuleTest, PathsAndDefaultsAreSound) {
  ColumnMapping bad = column("a");
  bad.path = {"a", ""};
  EXPECT_EQ(explain_rule(with_columns({key(), bad})), "column \"a\": its path has an empty name");
  bad = column("a");
  bad.type = {.name = TypeName::integer};
  bad.default_value = "x"s;
  EXPECT_EQ(explain_rule(with_columns({key(), bad})),
            "column \"a\": the default does not fit integer");
  TableRule rule = with_columns({key(), column("a")});
  rule.exclude = {{"a"}};
  EXPECT_EQ(explain_rule(rule), "column \"a\": its path is excluded by \"a\"");
  rule.exclude = {{"a", "b"}};
  EXPECT_EQ(explain_rule(rule), "");
}

TEST(CheckRuleTest, NothingIsLeftWithoutColumnsAndRest) {
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.rest = ""; }),
            "without columns and without rest nothing of a document is left");
}

TEST(CheckRuleTest, TheKeyIsNotExcluded) {
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.exclude = {{"_id"}}; }),
            "exclude \"_id\": _id is the key of the rows");
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.exclude = {{"_id", "a"}}; }),
            "exclude \"_id.a\": _id is the key of the rows");
  EXPECT_EQ(explain({}, [](TableRule& rule) { rule.exclude = {{}}; }),
            "exclude: a path has an empty name");
}

TEST(CheckRuleTest, EventsAreTakenAsTheyAre) {
  const auto append = [](void (*change)(TableRule&)) {
    TableRule rule{.mode = MappingMode::append};
    change(rule);
    return explain_rule(rule);
  };
  EXPECT_EQ(append([](TableRule& rule) { rule.columns = {key()}; }),
            "columns has no place in a table of events");
  EXPECT_EQ(append([](TableRule& rule) { rule.rest = ""; }),
            "rest has no place in a table of events");
  EXPECT_EQ(append([](TableRule& rule) { rule.evolve = Evolve::add; }),
            "evolve = \"add\" has no place in a table of events");
  EXPECT_EQ(append([](TableRule& rule) { rule.on_delete = OnDelete::mark; }),
            "on_delete = \"mark\" has no place in a table of events");
}

TEST(CheckRuleTest, ConditionsHaveTheValuesTheyNeed) {
  const auto where = [](FilterCondition condition) {
    return explain_rule({.where = {std::move(condition)}});
  };
  EXPECT_EQ(where({.path = {}, .values = {1L}}), "where a path has an empty name");
  EXPECT_EQ(where({.path = {"a"}}), "where \"a\": one value is needed");
  EXPECT_EQ(where({.path = {"a"}, .values = {1L, 2L}}), "where \"a\": one value is needed");
  EXPECT_EQ(where({.path = {"a"}, .comparison = Comparison::in}), "where \"a\": in needs a value");
  EXPECT_EQ(where({.path = {"a"}, .comparison = Comparison::exists, .values = {1L}}),
            "where \"a\": exists needs true or false");
  EXPECT_EQ(where({.path = {"a"}, .comparison = Comparison::less, .values = {true}}),
            "where \"a\": a boolean has no order");
  EXPECT_EQ(where({.path = {"a"}, .comparison = Comparison::exists, .values = {false}}), "");
}

}  // namespace
}  // namespace relay
