#include "mapping/table_map.h"

#include <gtest/gtest.h>

#include "allocation_counter.h"

namespace relay {
namespace {

TableMap make(std::vector<TableRule> rules) {
  Result<TableMap> map = TableMap::make(std::move(rules));
  if (!map.ok()) throw std::runtime_error(map.error().message);
  return std::move(map.value());
}

std::vector<std::string> tables_of(TableMap& map, NamespaceView ns) {
  std::vector<std::string> names;
  const auto route = map.route(ns);
  EXPECT_TRUE(route.ok()) << route.error().message;
  for (const TableMapping* table : route.value())
    names.push_back(format_table(table->to));
  return names;
}

using Names = std::vector<std::string>;

TEST(TableMapTest, AFullNameFeedsItsTable) {
  TableMap map = make({{"shop.orders", "sales.orders", JsonForm::extended}});
  EXPECT_EQ(tables_of(map, {"shop", "orders"}), Names{"sales.orders"});
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0]->json, JsonForm::extended);
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0]->from, (Namespace{"shop", "orders"}));
  EXPECT_EQ(tables_of(map, {"shop", "users"}), Names{});
  EXPECT_EQ(tables_of(map, {"other", "orders"}), Names{});
}

TEST(TableMapTest, APatternMakesTablesAsCollectionsAppear) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}});
  EXPECT_TRUE(map.known().empty());
  EXPECT_EQ(tables_of(map, {"shop", "orders"}), Names{"shop.orders"});
  EXPECT_EQ(tables_of(map, {"shop", "orders.2024"}), Names{"shop.orders.2024"});
  EXPECT_EQ(tables_of(map, {"shop", "system.views"}), Names{});
  EXPECT_EQ(map.known().size(), 2U);
}

TEST(TableMapTest, ADatabasePatternNeverTakesTheServersDatabases) {
  TableMap map = make({{"*.*", "", JsonForm::plain}});
  EXPECT_EQ(tables_of(map, {"shop", "orders"}), Names{"shop.orders"});
  EXPECT_EQ(tables_of(map, {"config", "chunks"}), Names{});
  EXPECT_EQ(tables_of(map, {"local", "x"}), Names{});
  EXPECT_EQ(tables_of(map, {"admin", "x"}), Names{});
}

TEST(TableMapTest, OneCollectionMayFeedSeveralTables) {
  TableMap map = make({{"shop.*", "audit.{collection}", JsonForm::plain},
                       {"shop.orders", "sales.orders", JsonForm::plain},
                       {"shop.orders", "copy.orders", JsonForm::plain}});
  EXPECT_EQ(tables_of(map, {"shop", "orders"}),
            (Names{"sales.orders", "copy.orders", "audit.orders"}));
  EXPECT_EQ(tables_of(map, {"shop", "users"}), Names{"audit.users"});
}

// The rule with the full name is the more deliberate one.
TEST(TableMapTest, AFullNameWinsOverAPatternForTheSameTable) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}, {"shop.orders", "", JsonForm::extended}});
  ASSERT_EQ(tables_of(map, {"shop", "orders"}), Names{"shop.orders"});
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0]->json, JsonForm::extended);
}

TEST(TableMapTest, OfTwoPatternsForTheSameTableTheFirstCounts) {
  TableMap map = make({{"shop.*", "", JsonForm::extended}, {"*.orders", "", JsonForm::plain}});
  ASSERT_EQ(tables_of(map, {"shop", "orders"}), Names{"shop.orders"});
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0]->json, JsonForm::extended);
  EXPECT_EQ(tables_of(map, {"crm", "orders"}), Names{"crm.orders"});
}

TEST(TableMapTest, TwoCollectionsNeverShareATable) {
  TableMap map = make({{"*.*", "all.{db}_{collection}", JsonForm::plain}});
  EXPECT_EQ(tables_of(map, {"a_b", "c"}), Names{"all.a_b_c"});
  const auto refused = map.route({"a", "b_c"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::config_invalid);
  EXPECT_EQ(refused.error().message,
            "map \"a.b_c\": the table \"all.a_b_c\" is fed by \"a_b.c\" already");
  EXPECT_EQ(map.known().size(), 1U) << "a refused collection leaves no trace";
  EXPECT_FALSE(map.route({"a", "b_c"}).ok()) << "also when asked again";
  EXPECT_EQ(tables_of(map, {"a_b", "c"}), Names{"all.a_b_c"});
}

TEST(TableMapTest, APatternCannotTakeTheTableOfAFullName) {
  TableMap map = make({{"shop.*", "sales.{collection}", JsonForm::plain},
                       {"crm.orders", "sales.orders", JsonForm::plain}});
  EXPECT_FALSE(map.route({"shop", "orders"}).ok());
  EXPECT_EQ(tables_of(map, {"crm", "orders"}), Names{"sales.orders"});
}

TEST(TableMapTest, AskingAgainGivesTheSameMapping) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}});
  const TableMapping* first = map.route({"shop", "orders"}).value()[0];
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0], first);
  EXPECT_EQ(tables_of(map, {"shop", "users"}), Names{"shop.users"});
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0], first);
}

// Events come in runs of one collection, and this is asked for each of them.
TEST(TableMapTest, AskingAgainForTheSameNamespaceAllocatesNothing) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}});
  const std::string long_name(60, 'x');
  ASSERT_TRUE(map.route({"shop", long_name}).ok());
  const std::size_t before = allocations_so_far();
  bool is_fed = true;
  for (int i = 0; i < 100; ++i)
    is_fed = is_fed && !map.route({"shop", long_name}).value().empty();
  EXPECT_EQ(allocations_so_far(), before);
  EXPECT_TRUE(is_fed);
  ASSERT_TRUE(map.route({"shop", "other"}).ok());
  EXPECT_GT(allocations_so_far(), before) << "the counter counts";
}

TEST(TableMapTest, MappingsKeepTheirAddressWhenTheMapMoves) {
  TableMap map = make({{"shop.orders", "", JsonForm::plain}});
  const TableMapping* first = map.route({"shop", "orders"}).value()[0];
  TableMap moved = std::move(map);
  EXPECT_EQ(moved.route({"shop", "orders"}).value()[0], first);
}

TEST(TableMapTest, ALongCollectionNameIsShortened) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}});
  const std::string name(100, 'x');
  const Names tables = tables_of(map, {"shop", name});
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].size(), std::string("shop.").size() + 63);
}

TEST(TableMapTest, ACollectionWhoseNameNoTableCanHaveIsRefused) {
  TableMap map = make({{"shop.*", "", JsonForm::plain}});
  const auto refused = map.route({"shop", "a\xff"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, R"(map "shop.a\xff": the name "a\xff" is not UTF-8)");
}

struct RefusedCase {
  std::string name;
  std::vector<TableRule> rules;
  std::string message;
};

class RefusedRulesTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedRulesTest, AtTheStart) {
  const Result<TableMap> map = TableMap::make(GetParam().rules);
  ASSERT_FALSE(map.ok());
  EXPECT_EQ(map.error().kind, ErrorKind::config_invalid);
  EXPECT_EQ(map.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    TableMap,
    RefusedRulesTest,
    testing::Values(
        RefusedCase{"NoDot",
                    {{"shop", "", JsonForm::plain}},
                    "map \"shop\": not of the form database.collection"},
        RefusedCase{"NoCollection",
                    {{"shop.", "", JsonForm::plain}},
                    "map \"shop.\": not of the form database.collection"},
        RefusedCase{"NoSchema",
                    {{"shop.orders", "orders", JsonForm::plain}},
                    "map \"shop.orders\": \"orders\" is not of the form schema.table"},
        RefusedCase{"Braces",
                    {{"shop.*", "sales.{colection}{collection}", JsonForm::plain}},
                    "map \"shop.*\": table names know {db} and {collection} and no other braces"},
        RefusedCase{
            "OneTableForACollectionPattern",
            {{"shop.*", "sales.all", JsonForm::plain}},
            "map \"shop.*\": all collections would share one table; put {collection} into to"},
        RefusedCase{"OneTableForADatabasePattern",
                    {{"*.orders", "sales.orders", JsonForm::plain}},
                    "map \"*.orders\": all databases would share one table; put {db} into to"},
        RefusedCase{
            "TwoCollectionsOneTable",
            {{"shop.orders", "s.o", JsonForm::plain}, {"crm.orders", "s.o", JsonForm::plain}},
            "map \"crm.orders\": the table \"s.o\" is fed by \"shop.orders\" already"},
        RefusedCase{
            "SameRuleTwice",
            {{"shop.orders", "", JsonForm::plain}, {"shop.orders", "", JsonForm::plain}},
            "map \"shop.orders\": the table \"shop.orders\" is fed by \"shop.orders\" already"},
        RefusedCase{"Bookkeeping",
                    {{"shop.orders", "relay.checkpoint", JsonForm::plain}},
                    "map \"shop.orders\": relay.checkpoint is a table of the relay itself"}),
    [](const auto& test) { return test.param.name; });

TEST(TableMapTest, TheScopeNamesWhatIsWatched) {
  const TableMap map = make({{"shop.*", "", JsonForm::plain},
                             {"shop.orders", "a.b", JsonForm::plain},
                             {"shop.orders", "a.c", JsonForm::plain}});
  const WatchScope scope = map.scope();
  EXPECT_EQ(scope.exact, (std::vector<Namespace>{{"shop", "orders"}}));
  EXPECT_EQ(scope.patterns, (std::vector<Namespace>{{"shop", "*"}}));
  EXPECT_EQ(scope.single_database(), "shop");
}

TEST(TableMapTest, SeveralDatabasesAreNoSingleOne) {
  EXPECT_EQ(
      make({{"a.x", "", JsonForm::plain}, {"b.y", "", JsonForm::plain}}).scope().single_database(),
      "");
  EXPECT_EQ(make({{"a*.x", "", JsonForm::plain}}).scope().single_database(), "");
  EXPECT_EQ(
      make({{"a.x*", "", JsonForm::plain}, {"a.y", "", JsonForm::plain}}).scope().single_database(),
      "a");
}

TEST(TableMapTest, AMappingHasAllThatItsRuleSays) {
  TableRule rule{.from = "shop.orders", .json = JsonForm::extended};
  rule.columns = {{.name = "id", .path = {"_id"}, .is_key = true}};
  rule.rest = "more";
  rule.exclude = {{"card"}};
  rule.where = {{.path = {"a"}, .comparison = Comparison::less, .values = {1L}}};
  rule.evolve = Evolve::add;
  rule.on_delete = OnDelete::mark;
  rule.on_drop = OnDrop::truncate;
  TableMap map =
      make({rule, {.from = "shop.orders", .to = "log.orders", .mode = MappingMode::append}});
  const auto route = map.route({"shop", "orders"});
  ASSERT_EQ(route.value().size(), 2U);
  const TableMapping& mapping = *route.value()[0];
  EXPECT_EQ(mapping.json, JsonForm::extended);
  EXPECT_EQ(mapping.columns.size(), 1U);
  EXPECT_EQ(mapping.rest, "more");
  EXPECT_EQ(mapping.exclude, (std::vector<FieldPath>{{"card"}}));
  EXPECT_EQ(mapping.where.size(), 1U);
  EXPECT_EQ(mapping.evolve, Evolve::add);
  EXPECT_EQ(mapping.on_delete, OnDelete::mark);
  EXPECT_EQ(mapping.on_drop, OnDrop::truncate);
  EXPECT_EQ(route.value()[1]->mode, MappingMode::append);
}

TEST(TableMapTest, ALogIsKnownBeforeItsPatternHasMatched) {
  EXPECT_FALSE(make({{.from = "shop.*"}}).has_logs());
  EXPECT_TRUE(
      make({{.from = "shop.*"}, {.from = "logs.*", .mode = MappingMode::append}}).has_logs());
}

TEST(TableMapTest, ColumnsOfTheTableItselfAreRouted) {
  TableMap map = make({{.from = "shop.orders",
                        .columns = {{.name = "id", .path = {"_id"}, .is_key = true},
                                    {.name = "town", .path = {"city"}}},
                        .exclude = {{"card"}},
                        .evolve = Evolve::add}});
  const TableMapping* old = map.route({"shop", "orders"}).value()[0];
  LiveColumns live{.added = {{.name = "n", .path = {"n"}, .type = {.name = TypeName::bigint}},
                             {.name = "card", .path = {"card"}},
                             {.name = "city", .path = {"city"}}},
                   .spare = {{"remark", ColumnType{}}}};
  const TableMapping* next = map.take_live_columns(old, std::move(live));
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0], next);
  EXPECT_EQ(map.current(old), next);
  ASSERT_EQ(next->columns.size(), 3U);
  EXPECT_EQ(next->columns[2].name, "n");
  ASSERT_EQ(next->spare.size(), 3U) << "what is excluded or has a column already is nobody's";
  EXPECT_TRUE(next->spare[0].type.has_value());
  EXPECT_FALSE(next->spare[1].type.has_value());
}

TEST(TableMapTest, ContradictingSettingsAreRefused) {
  const Result<TableMap> map = TableMap::make({{.from = "shop.orders", .rest = ""}});
  ASSERT_FALSE(map.ok());
  EXPECT_EQ(map.error().kind, ErrorKind::config_invalid);
  EXPECT_EQ(map.error().message,
            "map \"shop.orders\": without columns and without rest nothing of a document is left");
}

TEST(TableMapTest, ATableThatGrowsBeginsWithItsKey) {
  TableMap map = make({{.from = "shop.*", .evolve = Evolve::add}});
  const TableMapping* mapping = map.route({"shop", "orders"}).value()[0];
  ASSERT_EQ(mapping->columns.size(), 1U);
  EXPECT_EQ(mapping->columns[0].name, "oid");
  EXPECT_TRUE(mapping->columns[0].is_key);
}

TEST(TableMapTest, AddedColumnsAreRoutedFromThenOn) {
  TableMap map = make({{.from = "shop.*", .evolve = Evolve::add}});
  const TableMapping* old = map.route({"shop", "orders"}).value()[0];
  const TableMapping* next = map.add_columns(old, {{.name = "a", .path = {"a"}}});
  EXPECT_NE(next, old);
  EXPECT_EQ(old->columns.size(), 1U) << "rows under way are still of the old shape";
  EXPECT_EQ(next->columns.size(), 2U);
  EXPECT_EQ(next->to, old->to);
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0], next);
  EXPECT_EQ(map.known(), std::vector<const TableMapping*>{next});
  const TableMapping* third =
      map.add_columns(old, {{.name = "a", .path = {"a"}}, {.name = "b", .path = {"b"}}});
  EXPECT_EQ(third->columns.size(), 3U) << "what the old mapping lacks may be there already";
  EXPECT_EQ(map.route({"shop", "orders"}).value()[0], third);
}

}  // namespace
}  // namespace relay
