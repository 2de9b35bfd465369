// What waiting does not cure: wrong passwords, a standalone, missing rights, a table in the way.
// The program says what to do, and ends at once.
#include <chrono>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

class RefusalTest : public RealServersTest {
 protected:
  Ended run_between(const std::string& source, const std::string& target) {
    return run({"cdc-relay",
                "--log-level",
                "debug",
                "--source",
                source,
                "--target",
                target,
                "--table",
                database() + ".orders=sales.orders"});
  }
  static MongoServer& guarded_mongo() {
    static MongoServer server([] {
      MongoServer::Options options;
      options.auth = true;
      return options;
    }());
    return server;
  }
  static void expect_complaint(const Ended& ended,
                               int exit_code,
                               std::initializer_list<std::string_view> parts) {
    EXPECT_EQ(ended.exit_code, exit_code) << ended.log;
    EXPECT_TRUE(ended.complaint.starts_with("error: ")) << ended.log;
    EXPECT_NE(ended.complaint.find("\ntry: "), std::string::npos) << ended.log;
    for (const std::string_view part : parts)
      EXPECT_NE(ended.complaint.find(part), std::string::npos) << part << "\n" << ended.log;
    EXPECT_EQ(ended.log.find(kCanary), std::string::npos) << "a password in the output";
  }
  // Before any retry: nothing is gained by waiting, and some servers lock the account.
  static void expect_no_retry(const Ended& ended) {
    EXPECT_EQ(ended.log.find("trying again"), std::string::npos) << ended.log;
  }
};

TEST_F(RefusalTest, AWrongPasswordOfTheSourceEndsAtOnce) {
  const Ended ended = run_between(guarded_mongo().uri_for("root", kCanary), target_uri());
  expect_complaint(ended, 3, {"source=127.0.0.1:", "password"});
  expect_no_retry(ended);
}

TEST_F(RefusalTest, AWrongPasswordOfTheTargetEndsAtOnce) {
  PostgresServer::Options options;
  options.auth = true;
  const PostgresServer guarded(options);
  const Ended ended = run_between(mongo().uri(), guarded.uri_for("postgres", kCanary));
  expect_complaint(ended, 4, {"SQLSTATE 28P01", "password"});
  expect_no_retry(ended);
  const Ended missing =
      run_between(mongo().uri(),
                  "postgresql://postgres@127.0.0.1:" + std::to_string(guarded.port()) + "/relay");
  expect_complaint(missing, 4, {"password"});
  expect_no_retry(missing);
}

TEST_F(RefusalTest, TheRightPasswordsAreNeverShown) {
  MongoClient admin(guarded_mongo().uri(), "admin");
  admin.run(R"({"createUser": ")" + database() + R"(", "pwd": ")" + kCanary +
            R"(", "roles": ["readAnyDatabase"]})");
  target_.run("CREATE ROLE shown_" + database() + " LOGIN SUPERUSER PASSWORD '" + kCanary + "'");
  const std::string target = "postgresql://shown_" + database() + ":" + kCanary +
                             "@127.0.0.1:" + std::to_string(postgres().port()) + "/" + database();
  const std::string source = guarded_mongo().uri_for(database(), kCanary);
  const auto relay = start({"cdc-relay",
                            "--log-level",
                            "debug",
                            "--source",
                            source,
                            "--target",
                            target,
                            "--table",
                            database() + ".orders=sales.orders"});
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0);
  const Ended shown = run({"config", "show", "--source", source, "--target", target});
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_EQ((relay->log() + shown.log).find(kCanary), std::string::npos)
      << relay->log() << shown.log;
}

TEST_F(RefusalTest, AStandaloneIsExplained) {
  MongoServer::Options options;
  options.replica_set = false;
  const MongoServer standalone(options);
  const Ended ended = run_between(standalone.uri(), target_uri());
  expect_complaint(ended, 3, {"standalone", "replSet", "rs.initiate"});
  expect_no_retry(ended);
}

TEST_F(RefusalTest, ASourceUserWithoutRightsIsExplained) {
  MongoClient admin(guarded_mongo().uri(), database());
  admin.run(R"({"createRole": "finder", "roles": [], "privileges": [{"resource": {"db": ")" +
            database() + R"(", "collection": ""}, "actions": ["find"]}]})");
  admin.run_on("admin",
               R"({"createUser": "only_)" + database() + R"(", "pwd": ")" + kCanary +
                   R"(", "roles": [{"role": "finder", "db": ")" + database() + R"("}]})");
  const Ended ended =
      run_between(guarded_mongo().uri_for("only_" + database(), kCanary), target_uri());
  expect_complaint(ended, 3, {"not authorized", "grantRolesToUser(\"only_", "role: \"read\""});
  expect_no_retry(ended);
}

TEST_F(RefusalTest, ATargetRoleThatMayNotCreateTheBooksIsExplained) {
  const std::string role = "none_" + database();
  target_.run("CREATE ROLE " + role + " LOGIN");
  const Ended ended = run_between(mongo().uri(), target_uri_as(role));
  expect_complaint(ended, 4, {"relay", "GRANT CREATE ON DATABASE"});
  expect_no_retry(ended);
}

TEST_F(RefusalTest, ATargetRoleThatMayNotCreateTheTableIsExplained) {
  const std::string role = "books_" + database();
  target_.run("CREATE ROLE " + role + " LOGIN; CREATE SCHEMA relay AUTHORIZATION " + role +
              "; CREATE SCHEMA sales");
  const Ended ended = run_between(mongo().uri(), target_uri_as(role));
  expect_complaint(ended, 4, {"sales.orders", "GRANT USAGE, CREATE ON SCHEMA \"sales\" TO"});
  expect_no_retry(ended);
}

TEST_F(RefusalTest, ATargetRoleThatMayNotWriteIsExplained) {
  const std::string role = "reader_" + database();
  target_.run(
      "CREATE ROLE " + role + " LOGIN; CREATE SCHEMA relay AUTHORIZATION " + role +
      "; CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data JSONB NOT "
      "NULL); GRANT USAGE ON SCHEMA sales TO " +
      role + "; GRANT SELECT ON sales.orders TO " + role);
  const Ended ended = run_between(mongo().uri(), target_uri_as(role));
  expect_complaint(ended, 4, {"no right to INSERT, UPDATE, DELETE", "GRANT SELECT, INSERT"});
  expect_no_retry(ended);
}

// The rights that the hints name are enough.
TEST_F(RefusalTest, ARoleWithTheRightsThatTheHintsNameCanReplicate) {
  const std::string role = "enough_" + database();
  target_.run("CREATE ROLE " + role + " LOGIN; GRANT CREATE ON DATABASE " + database() + " TO " +
              role);
  insert(0, 10);
  const Ended ended = run({"cdc-relay",
                           "--once",
                           "--source",
                           mongo().uri(),
                           "--target",
                           target_uri_as(role),
                           "--table",
                           database() + ".orders=sales.orders",
                           "--set",
                           "stream.start=" + begin_});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(RefusalTest, ATableInTheWayIsLeftAloneAndExplained) {
  target_.run(
      "CREATE SCHEMA sales; CREATE TABLE sales.orders (id INTEGER PRIMARY KEY, total NUMERIC); "
      "INSERT INTO sales.orders VALUES (1, 9.5)");
  insert(0, 5);
  const Ended ended = run(once_command());
  expect_complaint(ended, 4, {"table sales.orders", "column oid", "column data", "column id"});
  expect_no_retry(ended);
  EXPECT_EQ(target_.cell("SELECT id || ':' || total FROM sales.orders"), "1:9.5");
}

}  // namespace
}  // namespace relay
