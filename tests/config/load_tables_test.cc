#include "config/load_tables.h"

#include "load_fixture.h"

namespace relay {
namespace {

class LoadTablesTest : public LoadFixture {};

TEST_F(LoadTablesTest, EveryKeyIsKept) {
  environment["CITY"] = "Berlin";
  set_file(R"toml([[table]]
from = "shop.orders"
to = "sales.orders"
mode = "append"
columns = [
  { name = "id", path = "_id", type = "text", key = true },
  { name = "sex", path = "sex", type = "text", default = "n/a" },
  { name = "n", path = "n", type = "numeric(18,2)", default = 0 },
]
rest = ""
exclude = ["card.number"]
where = [
  { path = "bedrooms", op = ">=", value = 3 },
  { path = "city", op = "in", value = ["${CITY}", "Rome"] },
  { path = "sold", op = "exists", value = false },
]
evolve = "add"
json = "extended"
on_delete = "mark"
on_drop = "truncate"
stream = "orders"
)toml");
  const Settings settings = load();
  ASSERT_EQ(settings.tables.size(), 1U);
  const TableSettings& table = settings.tables.front();
  EXPECT_EQ(table.from, "shop.orders");
  EXPECT_EQ(table.to, "sales.orders");
  EXPECT_EQ(table.mode, TableMode::append);
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[0].name, "id");
  EXPECT_EQ(table.columns[0].path, "_id");
  EXPECT_EQ(table.columns[0].type, "text");
  EXPECT_TRUE(table.columns[0].is_key);
  EXPECT_EQ(table.columns[1].default_value, ScalarValue(std::string("n/a")));
  EXPECT_EQ(table.columns[2].default_value, ScalarValue(std::int64_t{0}));
  EXPECT_EQ(table.rest, "");
  EXPECT_EQ(table.exclude, std::vector<std::string>{"card.number"});
  ASSERT_EQ(table.where.size(), 3U);
  EXPECT_EQ(table.where[0].op, FilterOperator::at_least);
  EXPECT_EQ(table.where[0].values, std::vector<ScalarValue>{std::int64_t{3}});
  EXPECT_EQ(table.where[1].op, FilterOperator::in);
  EXPECT_EQ(table.where[1].values,
            (std::vector<ScalarValue>{std::string("Berlin"), std::string("Rome")}));
  EXPECT_EQ(table.where[2].op, FilterOperator::exists);
  EXPECT_EQ(table.where[2].values, std::vector<ScalarValue>{false});
  EXPECT_EQ(table.evolve, TableEvolve::add);
  EXPECT_EQ(table.json, TableJson::extended);
  EXPECT_EQ(table.on_delete, DeletePolicy::mark);
  EXPECT_EQ(table.on_drop, DropPolicy::truncate);
  EXPECT_EQ(table.stream, "orders");
}

TEST_F(LoadTablesTest, WhatIsNotSaidHasItsDefault) {
  set_file("[[table]]\nfrom = \"shop.*\"\n");
  const Settings settings = load();
  const TableSettings& table = settings.tables.front();
  EXPECT_EQ(table.to, "");
  EXPECT_EQ(table.mode, TableMode::mirror);
  EXPECT_EQ(table.rest, "data");
  EXPECT_EQ(table.json, TableJson::plain);
  EXPECT_EQ(table.on_delete, DeletePolicy::remove);
  EXPECT_EQ(table.on_drop, DropPolicy::keep);
  EXPECT_EQ(table.stream, "default");
  EXPECT_TRUE(table.columns.empty());
}

struct TableCase {
  std::string name;
  std::string line;  // The third line of the file, after [[table]] and from.
  std::string complaint;
};

class TableErrorTest : public LoadFixture, public testing::WithParamInterface<TableCase> {};

TEST_P(TableErrorTest, NamesPlaceAndReason) {
  EXPECT_EQ(complaint_about("[[table]]\nfrom = \"shop.orders\"\n" + GetParam().line + "\n"),
            GetParam().complaint);
}

INSTANTIATE_TEST_SUITE_P(
    Load,
    TableErrorTest,
    testing::Values(
        TableCase{"UnknownKey",
                  "on_delet = \"mark\"",
                  "relay.toml:3:1: table.on_delet: unknown key; did you mean on_delete?"},
        TableCase{
            "WrongType", "to = 5", "relay.toml:3:6: table.to: expected a string, found an integer"},
        TableCase{"NoSchema",
                  "to = \"orders\"",
                  "relay.toml:3:6: table.to: \"orders\" is not of the form schema.table"},
        TableCase{"WrongWord",
                  "mode = \"miror\"",
                  "relay.toml:3:8: table.mode: \"miror\" is none of mirror, append; did you mean "
                  "mirror?"},
        TableCase{
            "EmptyStream", "stream = \"\"", "relay.toml:3:10: table.stream: must not be empty"},
        TableCase{"LongStream",
                  "stream = \"" + std::string(64, 'x') + "\"",
                  "relay.toml:3:10: table.stream: must have at most 63 bytes"},
        TableCase{"ColumnsNoList",
                  "columns = 1",
                  "relay.toml:3:11: table.columns: expected a list of tables, found an integer"},
        TableCase{"ColumnNoTable",
                  "columns = [\"a\"]",
                  "relay.toml:3:12: table.columns: expected a table, found a string"},
        TableCase{"ColumnUnknownKey",
                  "columns = [{ name = \"a\", pth = \"a\", path = \"a\", type = \"text\" }]",
                  "relay.toml:3:26: table.columns.pth: unknown key; did you mean path?"},
        TableCase{"ColumnMissingKeys",
                  "columns = [{ name = \"a\" }]",
                  "relay.toml:3:12: table.columns.path: is missing\n"
                  "relay.toml:3:12: table.columns.type: is missing"},
        TableCase{"ColumnType",
                  "columns = [{ name = \"a\", path = \"a\", type = \"bigin\" }]",
                  "relay.toml:3:45: table.columns.type: \"bigin\" is no column type; did you mean "
                  "bigint?"},
        TableCase{"ColumnTwice",
                  "columns = [{ name = \"a\", path = \"a\", type = \"text\" }, "
                  "{ name = \"a\", path = \"b\", type = \"text\" }]",
                  "relay.toml:3:55: table.columns.name: two columns are called \"a\""},
        TableCase{"ColumnDefault",
                  "columns = [{ name = \"a\", path = \"a\", type = \"text\", default = [1] }]",
                  "relay.toml:3:63: table.columns.default: expected a string, number, boolean or "
                  "time, found a list"},
        TableCase{"ColumnDefaultOutOfRange",
                  "columns = [{ name = \"a\", path = \"a\", type = \"text\", default = "
                  "9223372036854775808 }]",
                  "relay.toml:3:63: table.columns.default: expected a string, number, boolean or "
                  "time, found a number out of range"},
        TableCase{"ExcludeNoList",
                  "exclude = \"a\"",
                  "relay.toml:3:11: table.exclude: expected a list of strings, found a string"},
        TableCase{"ExcludeNoString",
                  "exclude = [\"a\", 1]",
                  "relay.toml:3:17: table.exclude: expected a string, found an integer"},
        TableCase{
            "WhereOperator",
            "where = [{ path = \"a\", op = \"==\", value = 1 }]",
            "relay.toml:3:29: table.where.op: \"==\" is none of =, !=, <, <=, >, >=, in, exists"},
        TableCase{"WhereMissing",
                  "where = [{ path = \"a\" }]",
                  "relay.toml:3:10: table.where.op: is missing\n"
                  "relay.toml:3:10: table.where.value: is missing"},
        TableCase{"WhereIn",
                  "where = [{ path = \"a\", op = \"in\", value = 1 }]",
                  "relay.toml:3:43: table.where.value: in needs a list with at least one value"},
        TableCase{"WhereInEmpty",
                  "where = [{ path = \"a\", op = \"in\", value = [] }]",
                  "relay.toml:3:43: table.where.value: in needs a list with at least one value"},
        TableCase{"WhereExists",
                  "where = [{ path = \"a\", op = \"exists\", value = 1 }]",
                  "relay.toml:3:47: table.where.value: exists needs true or false"},
        TableCase{"WhereOrder",
                  "where = [{ path = \"a\", op = \"<\", value = true }]",
                  "relay.toml:3:42: table.where.value: a boolean has no order"},
        TableCase{"WhereList",
                  "where = [{ path = \"a\", op = \"=\", value = [1] }]",
                  "relay.toml:3:42: table.where.value: expected a string, number, boolean or time, "
                  "found a list"},
        TableCase{
            "ColumnsAndSchemaFile",
            "columns = [{ name = \"a\", path = \"a\", type = \"text\" }]\nschema_file = \"x\"",
            "relay.toml:4:1: table.schema_file: stands instead of columns, not beside them"}),
    [](const auto& test) { return test.param.name; });

TEST_F(LoadTablesTest, FromIsNeededAndHasADot) {
  EXPECT_EQ(complaint_about("[[table]]\nto = \"a.b\"\n"), "relay.toml:1:1: table.from: is missing");
  for (const char* from : {"shop", "shop.", ".orders", ".", ""}) {
    EXPECT_NE(complaint_about("[[table]]\nfrom = \"" + std::string(from) + "\"\n"), "") << from;
  }
  EXPECT_EQ(complaint_about("[[table]]\nfrom = \"shop\"\n"),
            "relay.toml:2:8: table.from: \"shop\" is not of the form database.collection (all of a "
            "database: shop.*)");
}

TEST_F(LoadTablesTest, OneBracketIsExplained) {
  EXPECT_EQ(complaint_about("[table]\nfrom = \"a.b\"\n"),
            "relay.toml:1:1: table: write [[table]], with two brackets");
}

}  // namespace
}  // namespace relay
