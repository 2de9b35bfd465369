// Rows that have no document any more go away, whatever type their key column has.
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

constexpr int kDocuments = 1'200;  // Keys of the table: more than are compared at once.

struct KeyKind {
  const char* name;
  const char* type;                   // Of the column.
  std::string (*document_id)(int n);  // Extended JSON.
  const char* row_key;                // The same in SQL, of a column n.
};

std::string format(const char* pattern, long long n) {
  char text[80];
  std::snprintf(text, sizeof text, pattern, n);
  return text;
}

const std::vector<KeyKind> kKinds{
    {"Bigint",
     "bigint",
     [](int n) { return format(R"({"$numberLong": "%lld"})", n * 4'294'967'297LL); },
     "n::bigint * 4294967297"},
    {"Double",
     "double precision",
     [](int n) { return format(R"({"$numberDouble": "%lld.5"})", n); },
     "n + 0.5::double precision"},
    {"Numeric",
     "numeric(12,2)",
     [](int n) { return format(R"({"$numberDecimal": "%lld.25"})", n); },
     "n + 0.25"},
    {"Timestamp",
     "timestamp with time zone",
     [](int n) { return format(R"({"$date": {"$numberLong": "%lld"}})", 1'700'000'000'001 + n); },
     "timestamp with time zone '2023-11-14T22:13:20.001Z' + n * interval '1 millisecond'"},
    {"Uuid",
     "uuid",
     [](int n) { return format(R"({"$uuid": "00000000-0000-4000-8000-%012lld"})", n); },
     "('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid"},
    {"ObjectId",
     "text",
     [](int n) { return format(R"({"$oid": "%024llx"})", n); },
     "lpad(to_hex(n), 24, '0')"},
    {"Text", "text", [](int n) { return format(R"("%lld")", n); }, "'\"' || n || '\"'"},
    {"Document",
     "text",
     [](int n) { return format(R"({"n": %lld, "of": {"$numberDouble": "1.5"}})", n); },
     "'{\"n\":' || n || ',\"of\":1.5}'"},
};

class SweepTest : public RealServersTest, public testing::WithParamInterface<KeyKind> {
 protected:
  // From the number `first` on.
  void insert_documents(int first, const std::string& n) {
    std::vector<Bson> documents;
    for (int number = first; number < first + kDocuments; ++number)
      documents.emplace_back(R"({"_id": )" + GetParam().document_id(number) + R"(, "n": )" + n +
                             "}");
    source_.insert_raw("orders", documents);
  }
  [[nodiscard]] Ended run_relay() const {
    return run({"--config", "relay.toml", "cdc-relay", "--once"});
  }
  // A table with the keys from `first` on, as many as there are documents. On CrateDB, of which SQL
  // makes no such keys, by a relay that is forgotten afterwards.
  void make_table(int first) {
    const std::string type = GetParam().type;
    if (is_crate()) {
      write_settings();
      insert_documents(first, "0");
      ASSERT_EQ(run_relay().exit_code, 0);
      source_.run(R"({"drop": "orders"})");
      forget_relay();
      std::filesystem::remove(directory_.path() / "relay.db");
      return;
    }
    target_.run("CREATE SCHEMA sales; CREATE TABLE sales.orders (id " + type +
                " PRIMARY KEY, n integer, data jsonb NOT NULL);"
                "INSERT INTO sales.orders SELECT " +
                GetParam().row_key + ", 0, '{}' FROM generate_series(" + std::to_string(first) +
                ", " + std::to_string(first + kDocuments - 1) + ") AS n");
  }
  void write_settings() {
    write_file(directory_.path() / "relay.toml",
               "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" + target_uri() +
                   "\"\n[[table]]\nfrom = \"" + database() +
                   ".orders\"\nto = \"sales.orders\"\nrest = \"data\"\ncolumns = [{ name = \"id\", "
                   "path = \"_id\", type = \"" +
                   GetParam().type +
                   "\", key = true }, { name = \"n\", path = \"n\", type = \"integer\" }]\n");
  }
  // Keys that only one side has.
  std::string difference() {
    // Each document has a key of its own, and `n` is 1 in the rows of those that there are now.
    if (is_crate())
      return target_.cell("SELECT count(*) FROM sales.orders WHERE n IS NULL OR n <> 1");
    return target_.cell("SELECT count(*) FROM (SELECT " + std::string(GetParam().row_key) +
                        " AS id FROM generate_series(0, " + std::to_string(kDocuments - 1) +
                        ") AS n) AS expected FULL JOIN sales.orders USING (id) "
                        "WHERE orders.n IS DISTINCT FROM 1");
  }
};

TEST_P(SweepTest, OnlyTheKeysOfTheCollectionStay) {
  write_settings();
  make_table(kDocuments / 2);
  insert_documents(0, "1");
  const Ended ended = run_relay();
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), std::to_string(kDocuments)) << ended.log;
  EXPECT_EQ(difference(), "0") << ended.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

INSTANTIATE_TEST_SUITE_P(Keys, SweepTest, testing::ValuesIn(kKinds), [](const auto& test) {
  return test.param.name;
});

}  // namespace
}  // namespace relay
