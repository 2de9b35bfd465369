// evolve = "add": fields that appear while the relay runs get columns, and nothing of it is kept
// but the table itself.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/table_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr char kEvolve[] = "evolve = \"add\"\n";

class EvolveTest : public TableTest {
 protected:
  // Names and types of sales.orders, in their order.
  std::string columns() {
    return target_.cell(
        "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY ordinal_position) FROM "
        "information_schema.columns WHERE table_schema = 'sales' AND table_name = 'orders'");
  }
  std::string row(const std::string& key) {
    return target_.cell("SELECT to_jsonb(orders)::text FROM sales.orders WHERE oid = '" + key +
                        "'");
  }
  void forget_state() {
    for (const auto& file : std::filesystem::directory_iterator(directory_.path()))
      std::filesystem::remove_all(file.path());
  }
  // Grows with every batch.
  std::string safe_count() {
    if (target_.cell("SELECT to_regclass('sales.plain')").empty()) return "";
    return target_.cell("SELECT count(*) FROM sales.plain");
  }
  std::string columns_of_users() {
    return target_.cell(
        "SELECT string_agg(to_jsonb(u)::text, ' ') FROM (SELECT * FROM sales.users LIMIT 3) AS u");
  }
  // The statements that the log prints, as they have to be typed.
  static std::vector<std::string> fill_statements(const std::string& log) {
    std::vector<std::string> statements;
    constexpr std::string_view kStart = "fill=\"";
    for (std::size_t at = log.find(kStart); at != std::string::npos; at = log.find(kStart, at)) {
      std::string statement;
      for (at += kStart.size(); log.at(at) != '"'; ++at) {
        if (log[at] == '\\') ++at;
        statement.push_back(log.at(at));
      }
      statements.push_back(statement);
    }
    return statements;
  }
};

TEST_F(EvolveTest, AFieldGetsAColumnOfTheTypeOfItsFirstValue) {
  source_.insert("orders",
                 R"({"_id": 1, "t": "x", "b": true, "i": 1, "d": 1.5, "o": {"a": 1}, "l": [1],
                     "at": {"$date": "2024-07-11T23:17:42.907Z"}, "n": null})");
  const Ended ended = run_once(kEvolve);
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(columns(),
            "oid text, data jsonb, t text, b boolean, i bigint, d double precision, o jsonb, "
            "l jsonb, at timestamp with time zone");
  EXPECT_EQ(row("1"),
            R"({"b": true, "d": 1.5, "i": 1, "l": [1], "o": {"a": 1}, "t": "x", )"
            R"("at": "2024-07-11T23:17:42.907+00:00", "oid": "1", "data": {"n": null}})");
}

TEST_F(EvolveTest, LaterMisfitsStayInTheJsonColumn) {
  const auto relay = start_tables(kEvolve);
  source_.insert("orders", R"({"_id": 1, "n": 5})");
  source_.insert("orders", R"({"_id": 2, "n": "five"})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"n": {"$numberLong": "7"}}})");
  source_.insert("orders", R"({"_id": 3, "n": 5.5})");
  ASSERT_TRUE(wait_for_row("3")) << relay->log();
  EXPECT_EQ(columns(), "oid text, data jsonb, n bigint");
  EXPECT_EQ(row("1"), R"({"n": 7, "oid": "1", "data": {}})");
  EXPECT_EQ(row("2"), R"({"n": null, "oid": "2", "data": {"n": "five"}})");
  EXPECT_EQ(row("3"), R"({"n": null, "oid": "3", "data": {"n": {"$numberDouble": "5.5"}}})");
}

// Else a field that goes away after a restart would stay in its column.
TEST_F(EvolveTest, ARestartKnowsTheColumnsFromTheTableItself) {
  const std::string longest(100, 'n');
  const std::string names = R"(, "data": 1, "a.b": 2, "x\"y'\\z": 3, ")" + longest + "\": 4";
  source_.insert("orders", R"({"_id": 1, "city": "Bern")" + names + "}");
  source_.insert("orders", R"({"_id": 2, "city": "Chur")" + names + "}");
  ASSERT_EQ(run_once(kEvolve).exit_code, 0);
  const std::string before = columns();
  source_.replace("orders", R"({"_id": 1})", R"({"other": true})");
  source_.update("orders", R"({"_id": 2})", R"({"$set": {"city": "Uri"}})");
  forget_state();
  const Ended ended = run_once(kEvolve);
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(columns(), before + ", other boolean");
  EXPECT_EQ(target_.cell("SELECT jsonb_strip_nulls(to_jsonb(orders))::text FROM sales.orders WHERE "
                         "oid = '1'"),
            R"({"oid": "1", "data": {}, "other": true})");
  EXPECT_EQ(target_.cell("SELECT city || (SELECT count(*) FROM jsonb_each(to_jsonb(orders)) WHERE "
                         "value <> 'null') || data FROM sales.orders WHERE oid = '2'"),
            "Uri7{}");
}

TEST_F(EvolveTest, ColumnsOfOthersAreNotTouched) {
  target_.run(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT NULL, "
      "remark TEXT, city VARCHAR(3), total NUMERIC(5,2)); COMMENT ON COLUMN sales.orders.remark IS "
      "'ours'");
  source_.insert("orders", R"({"_id": 1, "n": 1})");
  ASSERT_EQ(run_once(kEvolve).exit_code, 0);
  target_.run("UPDATE sales.orders SET remark = 'mine', city = 'Aar', total = 1");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"n": 2}})");
  source_.insert("orders", R"({"_id": 2, "remark": "a", "city": "Winterthur", "total": 1.5})");
  source_.insert("orders", R"({"_id": 3, "total": 1.555})");
  const Ended ended = run_once(kEvolve);
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(target_.cell("SELECT concat_ws(' ', remark, city, n) FROM sales.orders WHERE oid = "
                         "'1'"),
            "mine Aar 2");
  EXPECT_EQ(target_.cell("SELECT concat_ws(' ', remark, city, total) FROM sales.orders WHERE oid = "
                         "'2'"),
            "1.50")
      << "taken where it fits";
  EXPECT_EQ(
      target_.cell("SELECT to_jsonb(orders)::text LIKE '%Winterthur%' FROM sales.orders WHERE "
                   "oid = '2'"),
      "t");
  EXPECT_EQ(target_.cell("SELECT data->'total'->>'$numberDouble' FROM sales.orders WHERE oid = "
                         "'3'"),
            "1.555");
}

// Rows that were there before evolve = "add" have the fields in the JSON column.
TEST_F(EvolveTest, EarlierRowsAreFilledByTheStatementOfTheLog) {
  for (const std::string json : {"plain", "extended"}) {
    const std::string table = "json = \"" + json + "\"\n";
    const std::string key =
        "columns = [{ name = \"oid\", path = \"_id\", type = \"text\", key = true }]\n";
    source_.run(R"({"delete": "orders", "deletes": [{"q": {}, "limit": 0}]})");
    const std::string fields =
        R"("t": "it's", "b": true, "i": {"$numberLong": "9007199254740993"}, "d": 0.1,
           "o": {"a": [1]}, "at": {"$date": "2024-07-11T23:17:42.907Z"}})";
    source_.insert("orders", R"({"_id": 1, )" + fields);
    source_.insert("orders",
                   R"({"_id": 2, "t": 1, "b": "x", "i": 1.5, "d": "x", "at": 5, "o": null})");
    ASSERT_EQ(run_once(table + key).exit_code, 0);
    source_.insert("orders", R"({"_id": 3, )" + fields);
    const Ended ended = run_once(table + key + kEvolve);
    ASSERT_EQ(ended.exit_code, 0) << ended.log;
    const std::vector<std::string> statements = fill_statements(ended.log);
    EXPECT_EQ(statements.size(), 6U) << ended.log;
    for (const std::string& statement : statements)
      target_.run(statement);
    EXPECT_EQ(target_.cell("SELECT (to_jsonb(one) - 'oid') = (to_jsonb(three) - 'oid') FROM "
                           "sales.orders AS one, sales.orders AS three WHERE one.oid = '1' AND "
                           "three.oid = '3'"),
              "t")
        << row("1") << row("3");
    EXPECT_EQ(target_.cell("SELECT data = '{}' FROM sales.orders WHERE oid = '1'"), "t");
    EXPECT_EQ(target_.cell("SELECT count(*) FROM jsonb_object_keys((SELECT data FROM sales.orders "
                           "WHERE oid = '2'))"),
              "6");
    target_.run("DROP SCHEMA sales CASCADE; DROP SCHEMA relay CASCADE");
    forget_state();
  }
}

TEST_F(EvolveTest, ARoleThatDoesNotOwnTheTableIsToldWhatIsMissing) {
  target_.run(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT NULL)");
  target_.run("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN");
  target_.run("GRANT CREATE ON DATABASE " + database() +
              " TO guest; GRANT USAGE ON SCHEMA sales TO guest; GRANT SELECT, INSERT, UPDATE, "
              "DELETE ON sales.orders TO guest");
  source_.insert("orders", R"({"_id": 1, "secret_field": "secret-1"})");
  const Ended ended = run(table_command(kEvolve, {"--once", "--target", target_uri_as("guest")}));
  EXPECT_EQ(ended.exit_code, 4) << ended.log;
  EXPECT_NE(ended.complaint.find("owner of table orders"), std::string::npos) << ended.complaint;
  EXPECT_NE(ended.complaint.find("try: "), std::string::npos) << ended.complaint;
  EXPECT_EQ(ended.log.find("secret-1"), std::string::npos);
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders"), "0");
}

// The workload's people get a field half-way. Every kill falls anywhere, also between the column
// and the rows that need it; the plain table beside it says what has to be in the columns.
TEST_F(EvolveTest, ColumnsAreAddedUnderKillsAndWriters) {
  const std::string tables =
      std::string("[[table]]\nfrom = \"") + database() +
      ".users\"\nto = \"sales.users\"\nevolve = \"add\"\n[[table]]\nfrom = \"" + database() +
      ".users\"\nto = \"sales.plain\"\n";
  const auto workload = start({"db-workload",
                               "--source",
                               mongo().uri(),
                               "--db",
                               database(),
                               "--profile",
                               "users",
                               "--ops",
                               "6000",
                               "--rate",
                               "1500"});
  const Arguments small = {"--set", "target.batch_rows=50"};
  while (workload->is_running()) {
    const auto relay = start(table_command(tables, small));
    const std::string before = safe_count();
    wait_until(kPatience, [&] { return safe_count() != before || !workload->is_running(); });
    relay->kill();
  }
  EXPECT_EQ(workload->wait(), 0) << workload->log();
  const Ended ended = run(table_command(tables, {"--once"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(is_equal(source_, "users", target_, "sales.plain"));
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.users"),
            target_.cell("SELECT count(*) FROM sales.plain"));
  EXPECT_EQ(target_.cell("SELECT count(newsletter) > 0 FROM sales.users"), "t");
  EXPECT_EQ(
      target_.cell(
          "SELECT count(*) FROM sales.plain AS p LEFT JOIN sales.users AS u USING (oid) WHERE "
          "(u.name, u.email, u.address, u.tags, u.newsletter, u.points, u.born, u.data) IS "
          "DISTINCT "
          "FROM (p.data->'name', p.data->>'email', p.data->'address', p.data->'tags', "
          "p.data->'newsletter', (p.data->'points')::bigint, (p.data->>'born')::timestamptz, "
          "'{}'::jsonb)"),
      "0")
      << columns_of_users();
}

}  // namespace
}  // namespace relay
