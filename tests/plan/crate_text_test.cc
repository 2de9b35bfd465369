#include "plan/crate_text.h"

#include <functional>

#include <gtest/gtest.h>

namespace relay {
namespace {

TableMapping orders() {
  return {.from = {"shop", "orders"}, .to = {"sales", "orders"}};
}

TEST(CrateTextTest, ATableWithoutColumnsHasAnOverflow) {
  const Result<CrateStatements> made = make_crate_statements(orders());
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made.value().create_table,
            "CREATE TABLE IF NOT EXISTS \"sales\".\"orders\" (\"oid\" TEXT PRIMARY KEY, \"data\" "
            "OBJECT(DYNAMIC), \"overflow\" TEXT INDEX OFF STORAGE WITH (columnstore = false))");
  EXPECT_EQ(made.value().upsert,
            "INSERT INTO \"sales\".\"orders\" (\"oid\", \"data\", \"overflow\") (SELECT * FROM "
            "UNNEST($1::text[], $2::text[], $3::text[])) ON CONFLICT (\"oid\") DO UPDATE SET "
            "\"data\" = excluded.\"data\", \"overflow\" = excluded.\"overflow\"");
  EXPECT_EQ(made.value().upsert_returning, made.value().upsert + " RETURNING \"oid\"");
  EXPECT_EQ(made.value().removal, "DELETE FROM \"sales\".\"orders\" WHERE \"oid\" = $1");
}

ColumnMapping column(std::string name, const std::string& type, bool is_key = false) {
  return {.name = name, .path = {name}, .type = parse_column_type(type).value(), .is_key = is_key};
}

TEST(CrateTextTest, TypedCellsTravelAsTheTypesThatCratedbReadsRight) {
  TableMapping mapping = orders();
  mapping.columns = {column("id", "bigint", true),
                     column("total", "numeric(18,2)"),
                     column("at", "timestamp with time zone"),
                     column("who", "uuid"),
                     column("tags", "text[]"),
                     column("times", "timestamp with time zone[]"),
                     column("parts", "json[]")};
  mapping.on_delete = OnDelete::mark;
  const Result<CrateStatements> made = make_crate_statements(mapping);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const CrateStatements& sql = made.value();
  EXPECT_EQ(sql.create_table,
            "CREATE TABLE IF NOT EXISTS \"sales\".\"orders\" (\"id\" BIGINT PRIMARY KEY, \"total\" "
            "NUMERIC(18,2), \"at\" TIMESTAMP WITH TIME ZONE, \"who\" UUID, \"tags\" ARRAY(TEXT), "
            "\"times\" ARRAY(TIMESTAMP WITH TIME ZONE), \"parts\" ARRAY(OBJECT(DYNAMIC)), \"data\" "
            "OBJECT(DYNAMIC), \"deleted_at\" TIMESTAMP WITH TIME ZONE, \"overflow\" TEXT INDEX OFF "
            "STORAGE WITH (columnstore = false))");
  EXPECT_NE(
      sql.upsert.find(
          "(SELECT c1, c2, c3, c4::uuid, c5::text[], c6::text[]::timestamp with time zone[], "
          "c7::array(object), c8, c9, c10 FROM UNNEST($1::bigint[], $2::text[], $3::timestamp "
          "with time zone[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], "
          "$9::timestamp with time zone[], $10::text[]) AS u (c1, c2, c3, c4, c5, c6, c7, c8, "
          "c9, c10))"),
      std::string::npos)
      << sql.upsert;
  EXPECT_EQ(sql.removal,
            "UPDATE \"sales\".\"orders\" SET \"deleted_at\" = coalesce(\"deleted_at\", $2) WHERE "
            "\"id\" = $1");
  EXPECT_EQ(sql.is_printed,
            (std::vector<bool>{false, true, false, true, true, true, true, false, false, false}));
}

// Rows with such a key are paged by its text: `>` is for other types only.
TEST(CrateTextTest, AUuidHasNoOrderOfItsOwn) {
  TableMapping mapping = orders();
  mapping.columns = {column("id", "uuid", true)};
  const Result<CrateStatements> made = make_crate_statements(mapping);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made.value().next_keys,
            "SELECT \"id\" FROM \"sales\".\"orders\" WHERE format('%s', \"id\") > $1 ORDER BY "
            "format('%s', \"id\") LIMIT $2::bigint");
}

// What comes again must be counted although it changes nothing.
TEST(CrateTextTest, ALogKeepsAnEventThatIsThereAlready) {
  TableMapping mapping = orders();
  mapping.mode = MappingMode::append;
  const Result<CrateStatements> made = make_crate_statements(mapping);
  ASSERT_TRUE(made.ok());
  EXPECT_NE(
      made.value().upsert.find("\"document\" = CASE WHEN excluded.\"operation\" = 'snapshot' THEN "
                               "excluded.\"document\" ELSE \"document\" END"),
      std::string::npos)
      << made.value().upsert;
}

struct Refused {
  std::string name;
  std::function<void(TableMapping&)> change;
  std::string what;
};

class CrateRefusalTest : public testing::TestWithParam<Refused> {};

// What CrateDB cannot hold, or is built for PostgreSQL only, must not be replicated half.
TEST_P(CrateRefusalTest, IsRefusedByName) {
  TableMapping mapping = orders();
  GetParam().change(mapping);
  const Result<CrateStatements> made = make_crate_statements(mapping);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind, ErrorKind::config_invalid);
  EXPECT_NE(made.error().message.find(GetParam().what), std::string::npos) << made.error().message;
  EXPECT_FALSE(made.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Plan,
    CrateRefusalTest,
    testing::Values(
        Refused{"Bytea",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("b", "bytea[]")};
                },
                "column b: CrateDB has no type bytea"},
        Refused{"NumericWithoutBounds",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("n", "numeric")};
                },
                "column n: CrateDB has no numeric without bounds"},
        Refused{"LongNumeric",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("n", "numeric(39,2)")};
                },
                "column n: CrateDB has no numeric(39,2)"},
        Refused{"OverflowTwice",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("overflow", "text")};
                },
                "column overflow: on CrateDB relay needs"},
        Refused{"SystemColumn",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("_version", "text")};
                },
                "column _version: CrateDB takes no column of this name"},
        Refused{"DotInAColumn",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true), column("a.b", "text")};
                },
                "column a.b: CrateDB takes no column of this name"},
        Refused{"KeyAlone",
                [](TableMapping& m) {
                  m.columns = {column("id", "text", true)};
                  m.rest = "";
                },
                "more than its key"},
        Refused{"DotInATable", [](TableMapping& m) { m.to.table = "a.b"; }, "of this name"},
        Refused{"BlankInASchema", [](TableMapping& m) { m.to.schema = "a b"; }, "of this name"}),
    [](const auto& test) { return test.param.name; });

TEST(CrateTextTest, ColumnsAreAddedAllInOneStatement) {
  TableMapping mapping = orders();
  mapping.columns = {column("oid", "text", true),
                     column("total", "double precision"),
                     column("who is it", "json"),
                     column("_id", "text")};
  const std::vector<ShapeColumn> shape = shape_on(TargetKind::cratedb, mapping);
  const std::span<const ShapeColumn> columns(shape);
  EXPECT_EQ(crate_add_columns(mapping, columns.subspan(1, 2)).value(),
            "ALTER TABLE \"sales\".\"orders\" ADD COLUMN \"total\" DOUBLE PRECISION, ADD COLUMN "
            "\"who is it\" OBJECT(DYNAMIC)");
  EXPECT_FALSE(crate_add_columns(mapping, columns.subspan(3, 1)).ok());
}

}  // namespace
}  // namespace relay
