#include "apply/table_check.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

const TableMapping kMapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}, .json = {}};

LiveColumn key_column() {
  LiveColumn column;
  column.name = "oid";
  column.type = "text";
  column.is_nullable = false;
  column.is_key = true;
  return column;
}

LiveColumn data_column() {
  LiveColumn column;
  column.name = "data";
  column.type = "jsonb";
  column.is_nullable = false;
  return column;
}

LiveColumn more(std::string name) {
  LiveColumn column;
  column.name = std::move(name);
  column.type = "integer";
  return column;
}

std::vector<Difference> differences(std::vector<LiveColumn> columns, char kind = 'r') {
  return find_differences(kMapping, {.kind = kind, .columns = std::move(columns)});
}

TEST(TableCheckTest, OurOwnTableFitsInAnyOrderOfColumns) {
  EXPECT_TRUE(differences({key_column(), data_column()}).empty());
  EXPECT_TRUE(differences({data_column(), key_column()}).empty());
  EXPECT_TRUE(differences({key_column(), data_column()}, 'p').empty());
}

TEST(TableCheckTest, MoreColumnsAreFineWhenARowCanDoWithoutThem) {
  LiveColumn with_default = more("made_at");
  with_default.is_nullable = false;
  with_default.has_default = true;
  EXPECT_TRUE(differences({key_column(), data_column(), more("note"), with_default}).empty());
}

TEST(TableCheckTest, AnObligatoryColumnIsInTheWay) {
  LiveColumn obligatory = more("total");
  obligatory.is_nullable = false;
  const auto found = differences({key_column(), data_column(), obligatory});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where, "column total");
  EXPECT_EQ(found[0].remedy, "ALTER COLUMN \"total\" DROP NOT NULL");
}

TEST(TableCheckTest, AViewIsNoTable) {
  const auto found = differences({key_column(), data_column()}, 'v');
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where, "relation");
}

TEST(TableCheckTest, MissingColumnsAreNamedWithTheirDefinition) {
  const auto found = differences({});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].remedy, "ADD COLUMN \"oid\" text NOT NULL");
  EXPECT_EQ(found[1].remedy, "ADD COLUMN \"data\" jsonb NOT NULL");
  EXPECT_EQ(found[2].where, "primary key");
}

TEST(TableCheckTest, EachPropertyOfAColumnCounts) {
  LiveColumn other_type = data_column();
  other_type.type = "json";
  LiveColumn nullable = data_column();
  nullable.is_nullable = true;
  LiveColumn computed = data_column();
  computed.is_computed = true;
  for (const LiveColumn& column : {other_type, nullable, computed}) {
    const auto found = differences({key_column(), column});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].where, "column data");
    EXPECT_EQ(found[0].expected, "jsonb NOT NULL");
    EXPECT_NE(found[0].found, found[0].expected);
  }
}

// Under a case-insensitive collation the documents "a" and "A" would become one row.
TEST(TableCheckTest, AKeyThatTakesDifferentTextsForEqualIsRefused) {
  LiveColumn key = key_column();
  key.is_deterministic = false;
  const auto found = differences({key, data_column()});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].where, "column oid");
}

TEST(TableCheckTest, ThePrimaryKeyIsExactlyTheKey) {
  LiveColumn plain_key = key_column();
  plain_key.is_key = false;
  LiveColumn second_key = more("part");
  second_key.is_key = true;
  second_key.has_default = true;
  for (const auto& columns : {std::vector{plain_key, data_column()},
                              std::vector{key_column(), data_column(), second_key}}) {
    const auto found = differences(columns);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].where, "primary key");
    EXPECT_EQ(found[0].expected, "(\"oid\")");
  }
}

TEST(TableCheckTest, OneErrorNamesEveryDifference) {
  LiveColumn id = more("id");
  id.is_nullable = false;
  id.is_key = true;
  LiveColumn data = data_column();
  data.type = "text";
  const Error error = differences_error(kMapping, differences({id, data}));
  EXPECT_EQ(error.kind, ErrorKind::sink_refused);
  EXPECT_EQ(
      error.message,
      "check table sales.orders: it does not fit"
      "; column oid: expected text NOT NULL, found nothing (ADD COLUMN \"oid\" text NOT NULL)"
      "; column data: expected jsonb NOT NULL, found text NOT NULL (use another table, or ALTER "
      "COLUMN \"data\" TYPE jsonb)"
      "; column id: expected nothing, or a column that may be left out, found integer NOT NULL "
      "without a default (ALTER COLUMN \"id\" DROP NOT NULL)"
      "; primary key: expected (\"oid\"), found (\"id\") (ADD PRIMARY KEY (\"oid\"))");
}

}  // namespace
}  // namespace relay
