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

struct Refused {
  std::string name;
  std::function<void(TableMapping&)> change;
  std::string what;
};

class CrateRefusalTest : public testing::TestWithParam<Refused> {};

// Something that is built for PostgreSQL only must not be replicated half.
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
        Refused{"Append", [](TableMapping& m) { m.mode = MappingMode::append; }, "append"},
        Refused{"Columns",
                [](TableMapping& m) {
                  m.columns = {{.name = "id", .path = {"_id"}, .type = {}, .is_key = true}};
                },
                "columns"},
        Refused{"Extended", [](TableMapping& m) { m.json = JsonForm::extended; }, "extended"},
        Refused{"Mark", [](TableMapping& m) { m.on_delete = OnDelete::mark; }, "mark"},
        Refused{"Evolve", [](TableMapping& m) { m.evolve = Evolve::add; }, "evolve"},
        Refused{"DotInATable", [](TableMapping& m) { m.to.table = "a.b"; }, "of this name"},
        Refused{"BlankInASchema", [](TableMapping& m) { m.to.schema = "a b"; }, "of this name"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
