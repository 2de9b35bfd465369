// relay plan: what can be known before the first write, on real servers, and without any write.
#include <chrono>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

class PlanTest : public RealServersTest {
 protected:
  void write_settings(const std::string& tables) const {
    write_file(directory_.path() / "relay.toml", tables);
  }
  [[nodiscard]] std::string table(const std::string& collection, const std::string& more) const {
    return "[[table]]\nfrom = \"" + database() + "." + collection + "\"\n" + more + "\n";
  }
  [[nodiscard]] Ended plan_between(const std::string& source,
                                   const std::string& target,
                                   const Arguments& more = {}) const {
    Arguments all{"--config", "relay.toml", "plan", "--source", source, "--target", target};
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  }
  [[nodiscard]] Ended plan(const Arguments& more = {}) const {
    return plan_between(mongo().uri(), target_uri(), more);
  }
  // Standard output of a run with --json, which comes before the complaint.
  static Bson json_of(const Ended& ended) {
    return Bson(std::string_view(ended.log).substr(0, ended.log.find("\nerror: ")));
  }
  static std::string text_at(const Bson& json, const char* path) {
    bson_iter_t at;
    return json.find(path, at) && BSON_ITER_HOLDS_UTF8(&at) ? bson_iter_utf8(&at, nullptr) : "";
  }
  void expect_nothing_written() {
    EXPECT_EQ(target_.cell("SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname IN "
                           "('relay', 'sales')"),
              "");
    EXPECT_FALSE(std::filesystem::exists(directory_.path() / "relay.db"));
  }
};

TEST_F(PlanTest, FreshServersAreReadyAndStayFresh) {
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
  EXPECT_TRUE(has(ended.log, "CREATE SCHEMA IF NOT EXISTS relay"));
  EXPECT_TRUE(has(ended.log, "CREATE SCHEMA IF NOT EXISTS \"sales\";"));
  EXPECT_TRUE(has(ended.log, "CREATE TABLE IF NOT EXISTS \"sales\".\"orders\""));
  EXPECT_TRUE(has(ended.log, "total        double 27, string 3  json  conflict"));
  EXPECT_TRUE(has(ended.log, "address.zip  int 30               bigint"));
  EXPECT_TRUE(has(ended.log, "1 warning\n"));
  EXPECT_EQ(ended.log.find(kCanary), std::string::npos) << "no values";
  const Bson json = json_of(plan({"--json", "--sample", "5"}));
  EXPECT_EQ(json.number("tables.0.documents"), 30);
  EXPECT_GE(json.number("tables.0.sampled"), 5);
  EXPECT_EQ(text_at(json, "source.replica_set"), "rs0");
  expect_nothing_written();
}

TEST_F(PlanTest, ASampleHoldsTheNewestDocuments) {
  write_settings(table("orders", "to = \"sales.orders\""));
  insert(0, 300);
  source_.insert("orders", R"({"_id": "newest", "late": 1})");
  const Ended ended = plan({"--sample", "10"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(has(ended.log, "late "));
}

TEST_F(PlanTest, ATableInTheWayIsToldWithEveryDifference) {
  write_settings(table("orders", "to = \"sales.orders\""));
  target_.run("CREATE SCHEMA sales; CREATE TABLE sales.orders (id INTEGER PRIMARY KEY)");
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
TEST_F(PlanTest, MissingRightsOfTheTargetAreCommands) {
  write_settings(table("orders", "to = \"sales.orders\""));
  insert(1);
  const std::string role = "planner_" + database();
  target_.run("CREATE ROLE " + role + " LOGIN");
  const Ended refused = plan_between(mongo().uri(), target_uri_as(role), {"--json"});
  EXPECT_EQ(refused.exit_code, 6) << refused.log;
  const std::string grant = text_at(json_of(refused), "findings.0.try");
  EXPECT_EQ(grant, "GRANT CREATE ON DATABASE \"" + database() + "\" TO \"" + role + "\"");
  target_.run(grant);
  EXPECT_EQ(plan_between(mongo().uri(), target_uri_as(role)).exit_code, 0);

  // The tables are there, and somebody else's.
  ASSERT_EQ(run(once_command()).exit_code, 0);
  for (int round = 0; round < 3; ++round) {
    const Ended ended = plan_between(mongo().uri(), target_uri_as(role), {"--json"});
    if (ended.exit_code == 0) break;
    const std::string command = text_at(json_of(ended), "findings.0.try");
    ASSERT_TRUE(has(command, "GRANT ")) << ended.log;
    target_.run(command);
  }
  EXPECT_EQ(plan_between(mongo().uri(), target_uri_as(role)).exit_code, 0);
  EXPECT_EQ(run({"cdc-relay",
                 "--config",
                 "relay.toml",
                 "--once",
                 "--source",
                 mongo().uri(),
                 "--target",
                 target_uri_as(role),
                 "--set",
                 "state.path=other.db"})
                .exit_code,
            0)
      << "the rights are enough";
}

TEST_F(PlanTest, MissingRightsOfTheSourceAreCommands) {
  MongoServer::Options options;
  options.auth = true;
  const MongoServer guarded(options);
  MongoClient admin(guarded.uri(), "admin");
  admin.run(R"({"createUser": "planner", "pwd": ")" + std::string(kCanary) + R"(", "roles": []})");
  admin.run_on(database(), R"({"insert": "orders", "documents": [{"_id": 1}]})");
  write_settings(table("orders", "to = \"sales.orders\""));
  const std::string uri = guarded.uri_for("planner", kCanary);
  const Ended refused = plan_between(uri, target_uri());
  EXPECT_EQ(refused.exit_code, 6) << refused.log;
  EXPECT_TRUE(has(refused.log,
                  "try: db.getSiblingDB(\"admin\").grantRolesToUser(\"planner\", [{role: \"read\", "
                  "db: \"" +
                      database() + "\"}])"));
  EXPECT_EQ(refused.log.find(kCanary), std::string::npos) << "a password in the output";
  admin.run(R"({"grantRolesToUser": "planner", "roles": [{"role": "read", "db": ")" + database() +
            "\"}]}");
  const Ended ended = plan_between(uri, target_uri());
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(has(ended.log, "how far the oplog reaches back is not known"));
  EXPECT_TRUE(has(ended.log,
                  "try: db.getSiblingDB(\"admin\").grantRolesToUser(\"planner\", [{role: \"read\", "
                  "db: \"local\"}])"));
  const Ended nobody = plan_between(
      "mongodb://127.0.0.1:" + std::to_string(guarded.port()) + "/?replicaSet=rs0", target_uri());
  EXPECT_EQ(nobody.exit_code, 6) << nobody.log;
  EXPECT_TRUE(has(nobody.log, "db.getSiblingDB(\"admin\").createUser("));
}

// The database admin has no change streams for anybody: no question of rights.
TEST_F(PlanTest, ADatabaseWithoutChangeStreamsIsSaidSo) {
  write_settings("[[table]]\nfrom = \"admin.things\"\n");
  const Ended ended = plan();
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, "blocker: admin.things: a collection of the server's own"));
  EXPECT_EQ(ended.log.find("grantRoles"), std::string::npos) << ended.log;
}

TEST_F(PlanTest, WhatHasNoChangeEventsIsRefusedByName) {
  source_.insert("orders", R"({"_id": 1})");
  source_.run(R"({"create": "cheap", "viewOn": "orders", "pipeline": []})");
  source_.run(R"({"create": "weather", "timeseries": {"timeField": "at"}})");
  write_settings(table("cheap", "") + table("weather", "") + table("system.views", ""));
  const Ended ended = plan();
  EXPECT_EQ(ended.exit_code, 6) << ended.log;
  EXPECT_TRUE(has(ended.log, "blocker: " + database() + ".cheap: a view"));
  EXPECT_TRUE(has(ended.log, "blocker: " + database() + ".weather: a time-series collection"));
  EXPECT_TRUE(has(ended.log, "blocker: " + database() + ".system.views: "));
  EXPECT_TRUE(has(ended.complaint, "3 blockers"));

  write_settings(table("*", ""));
  const Ended pattern = plan();
  EXPECT_EQ(pattern.exit_code, 0) << pattern.log;
  EXPECT_TRUE(has(pattern.log, "note: " + database() + ".cheap: a view"));
  EXPECT_TRUE(has(pattern.log, database() + ".orders -> " + database() + ".orders"));
}

TEST_F(PlanTest, NamesThatAreCutOrMeetAreTold) {
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
TEST_F(PlanTest, AWrittenSchemaFitsTheSample) {
  insert(0, 40);
  source_.insert("orders", R"({"_id": 41, "total": 3, "tags": ["a"], "number": "x"})");
  source_.insert("orders", R"({"_id": 42, "customer": null, "placed": "later", "data": 1})");
  write_settings(table("orders", "to = \"sales.orders\""));
  const Ended written = plan({"--write-schema", "schema"});
  EXPECT_EQ(written.exit_code, 0) << written.log;
  EXPECT_TRUE(has(written.log, "written: schema/orders.toml"));
  const std::string file = read_file(directory_.path() / "schema" / "orders.toml");
  EXPECT_TRUE(has(file, R"({ name = "total", path = "total", type = "double precision" })"));
  EXPECT_TRUE(has(file, R"({ name = "number", path = "number", type = "json" })"));
  EXPECT_TRUE(has(file, R"({ name = "session", path = "session", type = "uuid" })"));
  EXPECT_TRUE(has(file, R"({ name = "customer_name", path = "customer.name", type = "text" })"));
  const Ended again = plan({"--write-schema", "schema"});
  EXPECT_EQ(again.exit_code, 2) << "a file that somebody may have mended is kept: " << again.log;

  write_settings(table("orders", "to = \"sales.orders\"\nschema_file = \"schema/orders.toml\""));
  const Ended ended = plan({"--json"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(has(ended.log, "\"misfits\": {}"));
  EXPECT_TRUE(has(ended.log, "\"dead_letters\": {}"));
  const Ended copied = run({"--config",
                            "relay.toml",
                            "cdc-relay",
                            "--once",
                            "--source",
                            mongo().uri(),
                            "--target",
                            target_uri()});
  EXPECT_EQ(copied.exit_code, 0) << copied.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders"), "42");
  EXPECT_EQ(target_.cell("SELECT total || ' ' || tags::text FROM sales.orders WHERE id = 41"),
            "3 {a}");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

TEST_F(PlanTest, ASideThatIsAwayIsSaidInTime) {
  write_settings(table("orders", "to = \"sales.orders\""));
  const auto start = std::chrono::steady_clock::now();
  const Ended source = plan_between("mongodb://127.0.0.1:1/?replicaSet=rs0",
                                    target_uri(),
                                    {"--set", "source.connect_timeout=1s"});
  EXPECT_EQ(source.exit_code, 3) << source.log;
  EXPECT_TRUE(has(source.complaint, "error: "));
  const Ended target = plan_between(mongo().uri(), "postgresql://127.0.0.1:1/x");
  EXPECT_EQ(target.exit_code, 4) << target.log;
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

}  // namespace
}  // namespace relay
