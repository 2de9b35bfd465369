// relay plan on both targets: what it says of them is what happens there, and it writes nothing.
#include <chrono>

#include <gtest/gtest.h>

#include "core/target_kind.h"
#include "e2e/plan_fixture.h"

namespace relay {
namespace {

constexpr char kPassword[] = "sesame";

class PlanTargetsTest : public PlanTest, public testing::WithParamInterface<TargetKind> {
 protected:
  [[nodiscard]] static bool is_crate() { return GetParam() == TargetKind::cratedb; }
  [[nodiscard]] PgSession& there() { return is_crate() ? crate_ : target_; }
  [[nodiscard]] std::string there_uri() const { return is_crate() ? crate_uri() : target_uri(); }
  [[nodiscard]] Ended plan(const Arguments& more = {}) const {
    return plan_between(mongo().uri(), there_uri(), more);
  }
  [[nodiscard]] Ended copy_once(const std::string& target, const Arguments& more = {}) const {
    Arguments all{"--config",
                  "relay.toml",
                  "cdc-relay",
                  "--once",
                  "--source",
                  mongo().uri(),
                  "--target",
                  target,
                  "--set",
                  "ha.lease=1s"};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  // Somebody who may do nothing yet.
  [[nodiscard]] std::string make_user(const std::string& name) {
    if (!is_crate()) {
      target_.run("CREATE ROLE " + name + " LOGIN");
      return target_uri_as(name);
    }
    crate_.run("DROP USER IF EXISTS " + name);
    crate_.run("CREATE USER " + name + " WITH (password = '" + kPassword + "')");
    std::string uri = crate_uri();
    const std::string admin = "//crate@";
    return uri.replace(uri.find(admin), admin.size(), "//" + name + ":" + kPassword + "@");
  }
  void expect_nothing_written() {
    EXPECT_EQ(there().cell("SELECT count(*) FROM information_schema.tables WHERE table_schema IN "
                           "('relay', 'sales')"),
              "0");
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "relay.db"));
  }
};

TEST_P(PlanTargetsTest, FreshServersAreReadyAndStayFresh) {
  write_settings(table("orders", "to = \"sales.orders\""));
  for (int key = 0; key < 30; ++key) {
    source_.insert("orders",
                   R"({"_id": )" + std::to_string(key) + R"(, "city": ")" + kCanary +
                       R"(", "total": )" + (key < 3 ? "\"x\"" : "1.5") +
                       R"(, "address": {"zip": 1}})");
  }
  const Ended ended = plan();
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(has(ended.log, "replica set rs0; the oplog reaches back "));
  EXPECT_TRUE(has(ended.log, " and still grows\n")) << "a young server is no short oplog";
  EXPECT_TRUE(has(ended.log, "first copy: about 30 documents"));
  EXPECT_TRUE(has(ended.log, is_crate() ? "target: CrateDB 6." : "target: PostgreSQL 1"));
  EXPECT_TRUE(has(ended.log, "CREATE TABLE IF NOT EXISTS relay.checkpoint"));
  EXPECT_TRUE(has(ended.log, "CREATE TABLE IF NOT EXISTS \"sales\".\"orders\""));
  EXPECT_TRUE(has(ended.log, "address.zip  int 30               bigint"));
  if (is_crate()) {
    EXPECT_TRUE(has(ended.log, "\"data\" OBJECT(DYNAMIC)"));
    EXPECT_TRUE(has(ended.log, "total        double 27, string 3  -  conflict"));
    EXPECT_TRUE(has(ended.log, "values would stand in overflow"));
    EXPECT_TRUE(has(ended.log, "by field: \"total\" "));
    EXPECT_TRUE(has(ended.log, "2 warnings\n"));
  } else {
    EXPECT_TRUE(has(ended.log, "CREATE SCHEMA IF NOT EXISTS relay"));
    EXPECT_TRUE(has(ended.log, "CREATE SCHEMA IF NOT EXISTS \"sales\";"));
    EXPECT_TRUE(has(ended.log, "total        double 27, string 3  json  conflict"));
    EXPECT_TRUE(has(ended.log, "1 warning\n"));
  }
  EXPECT_EQ(ended.log.find(kCanary), std::string::npos) << "no values";
  const Bson json = json_of(plan({"--json", "--sample", "5"}));
  EXPECT_EQ(json.number("tables.0.documents"), 30);
  EXPECT_GE(json.number("tables.0.sampled"), 5);
  EXPECT_EQ(text_at(json, "source.replica_set"), "rs0");
  EXPECT_EQ(text_at(json, "target.product"), is_crate() ? "CrateDB" : "PostgreSQL");
  expect_nothing_written();
}

// The DDL of the plan is that of the relay: whoever runs it by hand has tables that fit, and the
// next plan has none to make.
TEST_P(PlanTargetsTest, StatementsThatAreRunByHandMakeWhatFits) {
  write_settings(table("orders",
                       "to = \"sales.orders\"\non_delete = \"mark\"\ncolumns = ["
                       "{ name = \"id\", path = \"_id\", type = \"bigint\", key = true }, "
                       "{ name = \"total\", path = \"total\", type = \"numeric(18,2)\" }, "
                       "{ name = \"tags\", path = \"tags\", type = \"text[]\" }]"));
  insert(0, 10);
  const Bson json = json_of(plan({"--json"}));
  for (const char* list : {"target.statements", "tables.0.statements"}) {
    int run_count = 0;
    for (;; ++run_count) {
      const std::string sql =
          text_at(json, (list + std::string(".") + std::to_string(run_count)).c_str());
      if (sql.empty()) break;
      there().run(sql.substr(sql.find("CREATE")));
    }
    EXPECT_GT(run_count, 0) << list;
  }
  const Ended again = plan();
  EXPECT_EQ(again.exit_code, 0) << again.log;
  EXPECT_TRUE(has(again.log, "the table is there"));
  EXPECT_EQ(again.log.find("CREATE "), std::string::npos) << again.log;
  const Ended copied = copy_once(there_uri());
  EXPECT_EQ(copied.exit_code, 0) << copied.log << copied.complaint;
  EXPECT_EQ(there().cell("SELECT count(*) FROM sales.orders"), "10");
}

TEST_P(PlanTargetsTest, ATableInTheWayIsToldWithEveryDifference) {
  write_settings(table("orders", "to = \"sales.orders\""));
  if (!is_crate()) target_.run("CREATE SCHEMA sales");
  there().run("CREATE TABLE sales.orders (id INTEGER PRIMARY KEY)");
  insert(1);
  const Ended ended = plan();
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, "blocker: sales.orders: check table sales.orders: it does not fit"));
  for (const char* part : {"column oid", "column data", "column id", "primary key"})
    EXPECT_TRUE(has(ended.log, part));
  EXPECT_EQ(ended.log.find("it does not fit"), ended.log.rfind("it does not fit")) << "once";
  EXPECT_TRUE(has(ended.complaint, "error: plan: 1 blocker"));
  EXPECT_TRUE(has(ended.complaint, "\ntry: "));
}

// What the plan says to type is typed, and the next plan has nothing to say.
TEST_P(PlanTargetsTest, MissingRightsOfTheTargetAreCommands) {
  write_settings(table("orders", "to = \"sales.orders\""));
  insert(1);
  const std::string role = "planner_" + database();
  const std::string uri = make_user(role);
  const Ended refused = plan_between(mongo().uri(), uri, {"--json"});
  EXPECT_EQ(refused.exit_code, 6) << refused.log;
  const std::string grant = text_at(json_of(refused), "findings.0.try");
  EXPECT_EQ(grant,
            is_crate() ? "GRANT DQL, DML, DDL ON SCHEMA \"relay\" TO \"" + role + "\""
                       : "GRANT CREATE ON DATABASE \"" + database() + "\" TO \"" + role + "\"");
  const auto grant_all = [&] {
    for (int round = 0; round < 3; ++round) {
      const Ended ended = plan_between(mongo().uri(), uri, {"--json"});
      if (ended.exit_code == 0) break;
      const std::string command = text_at(json_of(ended), "findings.0.try");
      ASSERT_TRUE(has(command, "GRANT ")) << ended.log;
      there().run(command);
    }
    EXPECT_EQ(plan_between(mongo().uri(), uri).exit_code, 0);
  };
  grant_all();
  // The tables are there, and on PostgreSQL somebody else's.
  ASSERT_EQ(copy_once(there_uri()).exit_code, 0);
  grant_all();
  const Ended copied = copy_once(uri, {"--set", "state.path=other.db"});
  EXPECT_EQ(copied.exit_code, 0) << "the rights are enough: " << copied.log << copied.complaint;
}

TEST_P(PlanTargetsTest, NamesThatAreCutOrMeetAreTold) {
  const std::string name(70, 'c');
  source_.insert(name, R"({"_id": 1})");
  source_.insert("orders", R"({"_id": 1})");
  write_settings(table("*", "to = \"sales.{collection}\"") +
                 table("other", "to = \"sales.orders\""));
  const Ended ended = plan();
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, "the name \"sales." + name + "\" is too long"));
  EXPECT_TRUE(has(ended.log, "blocker: " + database() + ".orders: "));
  EXPECT_TRUE(has(ended.log, "is fed by \"" + database() + ".other\" already"));
}

// The file that is written is read back, and for the sample nothing misses its column.
TEST_P(PlanTargetsTest, AWrittenSchemaFitsTheSample) {
  insert(0, 40);
  source_.insert("orders", R"({"_id": 41, "total": 3, "tags": ["a"], "number": "x"})");
  source_.insert("orders", R"({"_id": 42, "customer": null, "placed": "later", "data": 1})");
  source_.insert("orders",
                 R"({"_id": 43, "price": {"$numberDecimal": "1.10"}, "bytes": {"$binary": {)"
                 R"("base64": "eA==", "subType": "00"}}})");
  write_settings(table("orders", "to = \"sales.orders\""));
  const Ended written = plan({"--write-schema", "schema"});
  EXPECT_EQ(written.exit_code, 0) << written.log;
  EXPECT_TRUE(has(written.log, "written: schema/orders.toml"));
  const std::string file = read_file(directory_.path() / "schema" / "orders.toml");
  EXPECT_TRUE(has(file, R"({ name = "total", path = "total", type = "double precision" })"));
  EXPECT_TRUE(has(file, R"({ name = "session", path = "session", type = "uuid" })"));
  EXPECT_TRUE(has(file, R"({ name = "customer_name", path = "customer.name", type = "text" })"));
  if (is_crate()) {
    EXPECT_TRUE(has(file, R"x({ name = "price", path = "price", type = "numeric(38,10)" })x"));
    EXPECT_TRUE(has(file, "# \"number\": no column"));
    EXPECT_TRUE(has(file, "# \"bytes\": no column"));
  } else {
    EXPECT_TRUE(has(file, R"({ name = "price", path = "price", type = "numeric" })"));
    EXPECT_TRUE(has(file, R"({ name = "number", path = "number", type = "json" })"));
    EXPECT_TRUE(has(file, R"({ name = "bytes", path = "bytes", type = "bytea" })"));
  }
  const Ended again = plan({"--write-schema", "schema"});
  EXPECT_EQ(again.exit_code, 2) << "a file that somebody may have mended is kept: " << again.log;

  write_settings(table("orders", "to = \"sales.orders\"\nschema_file = \"schema/orders.toml\""));
  const Ended ended = plan({"--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  // What has no column may stand in overflow.
  EXPECT_TRUE(
      has(ended.log, is_crate() ? "\"misfits\": {\n        \"data\": " : "\"misfits\": {}"));
  EXPECT_TRUE(has(ended.log, "\"dead_letters\": {}"));
  const Ended copied = copy_once(there_uri());
  EXPECT_EQ(copied.exit_code, 0) << copied.log << copied.complaint;
  EXPECT_EQ(there().cell("SELECT count(*) FROM sales.orders"), "43");
  EXPECT_EQ(there().cell("SELECT price FROM sales.orders WHERE id = 43").substr(0, 4), "1.10");
  EXPECT_EQ(there().cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

TEST_P(PlanTargetsTest, ASideThatIsAwayIsSaidInTime) {
  write_settings(table("orders", "to = \"sales.orders\""));
  const auto start = std::chrono::steady_clock::now();
  const Ended source = plan_between(
      "mongodb://127.0.0.1:1/?replicaSet=rs0", there_uri(), {"--set", "source.connect_timeout=1s"});
  EXPECT_EQ(source.exit_code, 3) << source.log;
  EXPECT_TRUE(has(source.complaint, "error: "));
  const Ended target = plan_between(
      mongo().uri(), is_crate() ? "crate://127.0.0.1:1" : "postgresql://127.0.0.1:1/x");
  EXPECT_EQ(target.exit_code, 4) << target.log;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

INSTANTIATE_TEST_SUITE_P(Targets,
                         PlanTargetsTest,
                         testing::Values(TargetKind::postgresql, TargetKind::cratedb),
                         [](const auto& test) {
                           return test.param == TargetKind::cratedb ? "CrateDb" : "PostgreSql";
                         });

class CratePlanTest : public PlanTest {
 protected:
  [[nodiscard]] Ended plan(const Arguments& more = {}) const {
    return plan_between(mongo().uri(), crate_uri(), more);
  }
};

// A start would be refused with the same words, one after the other.
TEST_F(CratePlanTest, WhatCrateDbDoesNotTakeIsNamedAtOnce) {
  insert(0, 3);
  write_settings(table("orders",
                       "to = \"sales.the orders\"\nrest = \"\"\ncolumns = ["
                       "{ name = \"_id\", path = \"_id\", type = \"text\", key = true }, "
                       "{ name = \"bytes\", path = \"bytes\", type = \"bytea\" }, "
                       "{ name = \"a[b\", path = \"b\", type = \"text\" }, "
                       "{ name = \"total\", path = \"total\", type = \"numeric\" }]") +
                 "[ha]\nenabled = true\n");
  // Under a name of the target from which nobody can tell what it is.
  const Ended ended = plan_between(mongo().uri(), crate_uri("postgresql"));
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  for (const char* part : {"CrateDB takes no table or schema of this name",
                           "column _id: CrateDB takes no column of this name",
                           "column bytes: CrateDB has no type bytea",
                           "column a[b: CrateDB takes no column of this name",
                           "column total: CrateDB has no numeric without bounds",
                           "ha.enabled with CrateDB is not in this version yet"})
    EXPECT_TRUE(has(ended.log, part));
  EXPECT_TRUE(has(ended.complaint, "error: plan: 6 blockers"));
}

// The sub-columns of a table that is there decide what fits.
TEST_F(CratePlanTest, ATableThatIsThereIsAskedForItsTypes) {
  source_.insert("orders", R"({"_id": 1, "n": 5, "inner": {"t": "x"}})");
  write_settings(table("orders", "to = \"sales.orders\""));
  const Ended copied = run({"--config",
                            "relay.toml",
                            "cdc-relay",
                            "--once",
                            "--source",
                            mongo().uri(),
                            "--target",
                            crate_uri(),
                            "--set",
                            "ha.lease=1s"});
  ASSERT_EQ(copied.exit_code, 0) << copied.log;
  for (int key = 2; key < 6; ++key) {
    source_.insert("orders",
                   R"({"_id": )" + std::to_string(key) + R"(, "n": 2.5, "inner": {"t": 7}})");
  }
  const Ended ended = plan({"--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  const Bson json = json_of(ended);
  EXPECT_EQ(json.number("tables.0.misfits.data"), 8);
  EXPECT_EQ(json.number("tables.0.overflow.n"), 4);
  EXPECT_TRUE(has(ended.log, "\"inner.t\": 4"));
  EXPECT_EQ(json.number("tables.0.sub_columns"), 4);
}

TEST_F(CratePlanTest, AVersionThatLosesRowsIsRefused) {
  write_settings(table("orders", "to = \"sales.orders\""));
  const CrateDouble old({.backend_uri = target_uri(), .version = "6.3.4"});
  const Ended ended = plan_between(mongo().uri(), old.uri("crate"));
  EXPECT_EQ(ended.exit_code, 4) << ended.log;
  EXPECT_TRUE(has(ended.complaint, "this is CrateDB 6.3.4"));
  EXPECT_TRUE(has(ended.complaint, "try: upgrade CrateDB to "));
}

}  // namespace
}  // namespace relay
