#include "apply/row_reader.h"

#include <vector>

#include "apply/sink_fixture.h"
#include "core/row_block.h"

namespace relay {
namespace {

class RowReaderTest : public SinkTest {
 protected:
  RowReaderTest() {
    look_.run(
        "CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT "
        "NULL)");
  }
  [[nodiscard]] Result<RowReader> open(const std::string& user = "postgres") const {
    return RowReader::open({.uri = Secret(uri_at(server().port(), user))});
  }
};

// Above the server's and the driver's buffers, so that rows are taken while others still come.
TEST_F(RowReaderTest, EveryRowComesOnceWithItsBytes) {
  look_.run("INSERT INTO sales.orders SELECT i, '{}' FROM generate_series(1, 50000) AS i");
  Result<RowReader> reader = open();
  ASSERT_TRUE(reader.ok());
  std::int64_t sum = 0;
  std::size_t nulls = 0;
  const std::string select =
      "SELECT oid, NULL::text, repeat('x', 300), oid::bigint FROM sales.orders";
  ASSERT_TRUE(is_ok(reader.value().scan(table_, {.first = select}, [&](auto cells) {
    EXPECT_EQ(cells.size(), 4U);
    sum += std::stoll(std::string(cells[0].value_or("0")));
    if (!cells[1]) ++nulls;
    EXPECT_EQ(cells[2].value_or("").size(), 300U);
    EXPECT_EQ(cells[3].value_or("").size(), 8U) << "binary";
    return true;
  })));
  EXPECT_EQ(sum, std::int64_t{50'000} * 50'001 / 2);
  EXPECT_EQ(nulls, 50'000U);
  std::size_t none = 0;
  ASSERT_TRUE(is_ok(reader.value().scan(table_, {.first = select + " WHERE false"}, [&](auto) {
    ++none;
    return true;
  }))) << "the reader can be used again";
  EXPECT_EQ(none, 0U);
}

TEST_F(RowReaderTest, RowsAreFoundByKey) {
  look_.run("INSERT INTO sales.orders SELECT i, '{}' FROM generate_series(1, 10) AS i");
  RowBlock keys({25}, {});
  for (const std::string key : {"3", "77", "5"}) {
    keys.begin_row();
    keys.add_cell(key);
    keys.end_row();
  }
  keys.seal();
  std::vector<std::string> found;
  ASSERT_TRUE(is_ok(
      open().value().read(table_,
                          "SELECT oid FROM sales.orders WHERE oid = ANY($1::text[]) ORDER BY 1",
                          keys.chunks().front().columns.front(),
                          [&](auto cells) {
                            found.emplace_back(cells[0].value_or(""));
                            return true;
                          })));
  EXPECT_EQ(found, (std::vector<std::string>{"3", "5"}));
}

// The session of a sink is told never to read a table from end to end; here that is what is wanted.
TEST_F(RowReaderTest, TheSessionReadsTablesWholeAndWritesNothing) {
  Result<RowReader> reader = open();
  std::string settings;
  ASSERT_TRUE(is_ok(reader.value().scan(
      table_,
      {.first =
           "SELECT current_setting('enable_seqscan') || current_setting('statement_timeout') || "
           "current_setting('transaction_read_only')"},
      [&](auto cells) {
        settings = cells[0].value_or("");
        return true;
      })));
  EXPECT_EQ(settings, "on0on");
}

TEST_F(RowReaderTest, ATableIsLookedForAndItsColumnsCompared) {
  Result<RowReader> reader = open();
  EXPECT_TRUE(reader.value().check(table_).value());
  const TableMapping nothing{.from = {"shop", "orders"}, .to = {"sales", "nothing"}};
  EXPECT_FALSE(reader.value().check(nothing).value());
  look_.run("ALTER TABLE sales.orders ALTER COLUMN data TYPE text");
  EXPECT_EQ(kind_of(reader.value().check(table_)), ErrorKind::sink_refused);
}

TEST_F(RowReaderTest, AMissingRightIsNamed) {
  look_.run("CREATE ROLE looker LOGIN; GRANT USAGE ON SCHEMA sales TO looker");
  Result<RowReader> reader = open("looker");
  ASSERT_TRUE(reader.ok());
  const Status read = reader.value().scan(
      table_, {.first = "SELECT oid FROM sales.orders"}, [](auto) { return true; });
  ASSERT_EQ(kind_of(read), ErrorKind::sink_refused);
  EXPECT_NE(read.error().hint.find(R"(GRANT SELECT ON "sales"."orders")"), std::string::npos);
}

TEST_F(RowReaderTest, WhoWantsNoMoreEndsTheScan) {
  look_.run("INSERT INTO sales.orders SELECT i, '{}' FROM generate_series(1, 50000) AS i");
  Result<RowReader> reader = open();
  std::size_t rows = 0;
  EXPECT_FALSE(reader.value()
                   .scan(table_,
                         {.first = "SELECT oid FROM sales.orders"},
                         [&](auto) { return ++rows < 10; })
                   .ok());
  EXPECT_EQ(rows, 10U);
}

}  // namespace
}  // namespace relay
