// The rights of the scripts in examples/roles are enough for everything a relay does, and none of
// them can be spared: without it the relay says what to type.
#include <gtest/gtest.h>

#include "e2e/guarded_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

const std::filesystem::path kRoles = std::filesystem::path(RELAY_SOURCE_DIR) / "examples/roles";
constexpr char kTableOwner[] = "postgres";

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

Bson with_duplicate_keys(const std::string& key) {
  Bson document;
  bson_append_utf8(document.get(), "_id", -1, key.data(), static_cast<int>(key.size()));
  bson_append_int32(document.get(), "a", -1, 1);
  bson_append_int32(document.get(), "a", -1, 2);
  return document;
}

class RolesTest : public GuardedServersTest {
 protected:
  RolesTest() {
    source_.insert("orders", R"({"_id": 1, "total": 1})");
    source_.insert("orders", R"({"_id": 2, "total": 2})");
  }

  // What stands in mongodb.js between `const NAME = {` and `};`, which is JSON, with this test's
  // names in it.
  [[nodiscard]] std::string script_part(const std::string& name) const {
    const std::string script = read_file(kRoles / "mongodb.js");
    const std::size_t begin = script.find('{', script.find("const " + name + " = {"));
    std::string part = script.substr(begin, script.find("};", begin) + 1 - begin);
    part = replace_all(part, "\"shop\"", "\"" + database() + "\"");
    part = replace_all(part, "relay_source", database() + "_source");
    return replace_all(part, "\"relay\"", "\"" + database() + "\"");
  }
  void make_source_user() {
    source_.run_on("admin", script_part("role"));
    std::string user = script_part("user");
    user.insert(user.rfind('}'), std::string(", \"pwd\": \"") + kCanary + "\"");
    source_.run_on("admin", user);
  }
  // The script, as its first lines say.
  void make_target_role(const std::string& script) {
    const Finished psql = run_to_end({.command = {"psql",
                                                  "-X",
                                                  "-v",
                                                  "ON_ERROR_STOP=1",
                                                  "-v",
                                                  "schema=sales",
                                                  "-v",
                                                  "role=" + database(),
                                                  "-d",
                                                  admin_uri(),
                                                  "-f",
                                                  kRoles / script},
                                      .environment = {},
                                      .directory = {},
                                      .log = {},
                                      .user = {}},
                                     kPatience);
    ASSERT_EQ(psql.exit_code, 0) << psql.stderr_text;
    target_.run("ALTER ROLE " + database() + " PASSWORD '" + kCanary + "'");
  }
  [[nodiscard]] std::string admin_uri() const {
    return postgres().uri().substr(0, postgres().uri().rfind('/') + 1) + database();
  }
  [[nodiscard]] std::string orders_table() const {
    return "[[table]]\nfrom = \"" + database() + ".orders\"\nto = \"sales.orders\"\n";
  }
  // The tables as `relay plan` says, made by their owner.
  void make_tables() {
    const RelayEnd plan = run({"plan", "--json", "--target", admin_uri()});
    ASSERT_EQ(plan.exit_code, 0) << plan.log;
    const Bson json(plan.log);
    for (const std::string path : {"target.statements.", "tables.0.statements."}) {
      for (int i = 0;; ++i) {
        bson_iter_t at;
        if (!json.find((path + std::to_string(i)).c_str(), at)) break;
        target_.run(bson_iter_utf8(&at, nullptr));
      }
    }
  }
  bool wait_for(const std::string& sql, const std::string& cell) {
    return wait_until(kPatience, [&] { return target_.cell(sql) == cell; });
  }
};

TEST_F(RolesTest, TheScriptsAreEnoughForEverything) {
  make_source_user();
  make_target_role("postgresql.sql");
  const std::string from = "[[table]]\nfrom = \"" + database();
  write_settings(
      database(),
      database(),
      from + ".orders\"\nto = \"sales.orders\"\non_drop = \"truncate\"\n" + from +
          ".orders\"\nto = \"sales.order_log\"\nmode = \"append\"\n" + from +
          ".people\"\nto = \"sales.people\"\nevolve = \"add\"\non_delete = \"mark\"\n"
          "columns = [{ name = \"id\", path = \"_id\", type = \"text\", key = true }]\n");
  const RelayEnd plan = run({"plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.log;
  EXPECT_TRUE(has(plan.log, "the oplog reaches back ")) << "the second privilege";

  const auto relay = start({"cdc-relay"});
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return !target_.cell("SELECT to_regclass('sales.people')").empty();
  })) << relay->log();
  EXPECT_TRUE(wait_for("SELECT count(*) FROM sales.orders", "2")) << relay->log();
  source_.insert("people", R"({"_id": "a", "name": "x"})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"total": 7}})");
  source_.remove("people", R"({"_id": "a"})");
  source_.insert_raw("orders", {with_duplicate_keys("bad")});
  EXPECT_TRUE(wait_for("SELECT data->>'total' FROM sales.orders WHERE oid = '1'", "7"))
      << relay->log();
  EXPECT_TRUE(wait_for("SELECT count(deleted_at) FROM sales.people WHERE id = 'a'", "1"))
      << relay->log();
  EXPECT_TRUE(wait_for("SELECT count(*) FROM relay.dead_letter WHERE tbl = 'sales.orders'", "1"))
      << relay->log();
  const RelayEnd retried = run({"dead-letter", "retry", "--all"});
  EXPECT_EQ(retried.exit_code, 6) << "it is as bad as before: " << retried.log;
  const RelayEnd discarded = run({"dead-letter", "discard", "--all"});
  EXPECT_EQ(discarded.exit_code, 0) << discarded.log;
  source_.run(R"({"drop": "orders"})");
  EXPECT_TRUE(wait_for("SELECT count(*) FROM sales.orders", "0")) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(relay->log().find("not authorized"), std::string::npos) << relay->log();
}

TEST_F(RolesTest, EachRightOnTheSourceIsNamedWhenItIsMissing) {
  make_source_user();
  make_target_role("postgresql.sql");
  write_settings(database(), database(), orders_table());
  const std::string whole = replace_all(script_part("role"), "createRole", "updateRole");
  const std::size_t oplog = whole.find("local");
  for (const std::string action : {"\"find\", ", "\"changeStream\", ", ", \"collStats\""}) {
    std::string less = whole;
    const std::size_t at = less.find(action);
    ASSERT_LT(at, oplog) << action;
    less.erase(at, action.size());
    source_.run_on("admin", less);
    const RelayEnd ended = run({"cdc-relay", "--once"});
    EXPECT_EQ(ended.exit_code, 3) << action << "\n" << ended.log;
    EXPECT_TRUE(has(ended.complaint,
                    "try: db.getSiblingDB(\"admin\").grantRolesToUser(\"" + database() +
                        "\", [{role: \"read\", db: \"" + database() + "\"}])"))
        << action;
    EXPECT_EQ(ended.complaint.find("execute command"), std::string::npos)
        << "a command may hold keys of documents";
  }
  source_.run_on("admin", whole);
  const RelayEnd ended = run({"cdc-relay", "--once"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders"), "2");
}

TEST_F(RolesTest, WithoutTheOplogTheRelayRunsAndThePlanNamesTheRight) {
  make_source_user();
  make_target_role("postgresql.sql");
  write_settings(database(), database(), orders_table());
  std::string less = replace_all(script_part("role"), "createRole", "updateRole");
  const std::size_t at = less.find(",\n    {\"resource\": {\"db\": \"local\"");
  ASSERT_NE(at, std::string::npos);
  less.erase(at, less.find("]}", at) + 2 - at);
  source_.run_on("admin", less);
  const RelayEnd plan = run({"plan"});
  EXPECT_EQ(plan.exit_code, 0) << plan.log;
  EXPECT_TRUE(has(plan.log, "db: \"local\"}]"));
  EXPECT_EQ(run({"cdc-relay", "--once"}).exit_code, 0);
}

// What `try:` says is typed, and was the only thing missing.
TEST_F(RolesTest, EachRightOnTheTargetIsNamedWhenItIsMissing) {
  make_source_user();
  target_.run("CREATE SCHEMA sales");
  write_settings(database(), kTableOwner, orders_table());
  make_tables();
  make_target_role("postgresql-tables.sql");
  write_settings(database(), database(), orders_table());
  const RelayEnd first = run({"cdc-relay", "--once"});
  ASSERT_EQ(first.exit_code, 0) << first.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders"), "2");
  for (const char* right : {"CONNECT ON DATABASE {}",
                            "USAGE ON SCHEMA relay",
                            "SELECT ON relay.checkpoint",
                            "INSERT ON relay.checkpoint",
                            "UPDATE ON relay.checkpoint",
                            "SELECT ON relay.snapshot",
                            "INSERT ON relay.snapshot",
                            "UPDATE ON relay.snapshot",
                            "DELETE ON relay.snapshot",
                            "SELECT ON relay.dead_letter",
                            "INSERT ON relay.dead_letter",
                            "UPDATE ON relay.dead_letter",
                            "USAGE ON SCHEMA sales",
                            "SELECT ON sales.orders",
                            "INSERT ON sales.orders",
                            "UPDATE ON sales.orders",
                            "DELETE ON sales.orders"}) {
    target_.run("REVOKE " + replace_all(right, "{}", database()) + " FROM " + database());
    const RelayEnd ended = run({"cdc-relay", "--once"});
    EXPECT_EQ(ended.exit_code, 4) << right << "\n" << ended.log;
    const std::size_t hint = ended.complaint.find("try: GRANT ");
    ASSERT_NE(hint, std::string::npos) << right << "\n" << ended.log;
    target_.run(ended.complaint.substr(hint + 5));
  }
  const RelayEnd last = run({"cdc-relay", "--once"});
  EXPECT_EQ(last.exit_code, 0) << last.log;
}

}  // namespace
}  // namespace relay
