// What a source may do to a relay that reads from it: errors of commands, cursors and sessions that
// are killed, a role that is taken away.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "fault/fault_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SourceEventsTest : public FaultTest {
 protected:
  void TearDown() override {
    end_failures();
    FaultTest::TearDown();
  }

  // Of the relay's getMore that is under way: cursor, collection and session, as JSON.
  struct Reading {
    std::string cursor;
    std::string collection;
    std::string session;
  };
  Reading find_reading() {
    Reading reading;
    EXPECT_TRUE(wait_until(kPatience, [&] {
      const Bson work = source_.run_on("admin", R"({"currentOp": 1, "active": true,
          "appName": "relay", "command.getMore": {"$exists": true}})");
      bson_iter_t at;
      if (!work.find("inprog.0.command.getMore", at)) return false;
      reading.cursor = std::to_string(bson_iter_as_int64(&at));
      if (!work.find("inprog.0.command.collection", at)) return false;
      reading.collection = bson_iter_utf8(&at, nullptr);
      if (!work.find("inprog.0.lsid.id", at)) return false;
      Bson id;
      bson_append_iter(id.get(), "id", -1, &at);
      char* json = bson_as_canonical_extended_json(id.get(), nullptr);
      reading.session = json;
      bson_free(json);
      return true;
    }));
    return reading;
  }
  void kill_cursor() {
    const Reading reading = find_reading();
    source_.run(R"({"killCursors": ")" + reading.collection +
                R"(", "cursors": [{"$numberLong": ")" + reading.cursor + R"("}]})");
  }
};

// Twice each, while documents are inserted, which the stream brings, and updated, which needs a
// look-up.
TEST_F(SourceEventsTest, WhateverCommandFailsTheStreamGoesOnBehindIt) {
  const std::vector<std::string> failures = {
      R"("errorCode": 11602)",
      R"("errorCode": 6)",
      R"("errorCode": 112)",  // Known to nobody, and without a label.
      R"("errorCode": 112, "errorLabels": ["ResumableChangeStreamError"])",
      R"("errorCode": 237)",
      R"("closeConnection": true)"};
  const auto relay = start_between(mongo().uri(), target_uri());
  ASSERT_TRUE(comes_through(0, *relay));
  std::size_t troubles = 0;
  int key = 0;
  for (const std::string command : {"aggregate", "getMore", "find"}) {
    for (const std::string& failure : failures) {
      fail_command(command, failure, 2);
      if (command == "aggregate") kill_cursor();
      source_.update(
          "orders", R"({"_id": 0})", R"({"$set": {"number": )" + std::to_string(key) + "}}");
      EXPECT_TRUE(comes_through(++key, *relay)) << command << failure;
      troubles += 2;
      EXPECT_TRUE(relay->wait_for_log(kTrouble, troubles)) << command << failure << relay->log();
      troubles = count_in(relay->log(), kTrouble);
    }
  }
  EXPECT_TRUE(wait_until_equal());
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

TEST_F(SourceEventsTest, CursorsAndSessionsMayBeKilledUnderWriters) {
  const auto relay = start_between(mongo().uri(), target_uri(), {"--set", "target.batch_rows=100"});
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  for (int round = 1; round <= 5; ++round) {
    const std::size_t troubles = count_in(relay->log(), kTrouble);
    switch (round % 3) {
      case 0:
        kill_cursor();
        break;
      case 1: {
        // As after half an hour without a sign of life: the server forgets the session, and its
        // cursors with it.
        const Reading reading = find_reading();
        source_.run_on("admin", R"({"endSessions": [)" + reading.session + "]}");
        source_.run_on("admin", R"({"refreshLogicalSessionCacheNow": 1})");
        break;
      }
      default:
        source_.run_on("admin", R"({"killSessions": [)" + find_reading().session + "]}");
    }
    EXPECT_TRUE(relay->wait_for_log(kTrouble, troubles + 1)) << round << relay->log();
    ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
    expect_promises_kept("after round " + std::to_string(round));
  }
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
}

class RevokedTest : public FaultTest {
 protected:
  RevokedTest()
      : server_([] {
          MongoServer::Options options;
          options.auth = true;
          return options;
        }()),
        root_(server_.uri(), database()) {}

  MongoServer server_;
  MongoClient root_;
};

TEST_F(RevokedTest, ARoleThatIsTakenAwayStopsTheRelayAndGivenBackItGoesOn) {
  const std::string roles = R"("roles": [{"role": "read", "db": ")" + database() + R"("}])";
  root_.run_on("admin", R"({"createUser": "reader", "pwd": "pw", )" + roles + "}");
  root_.run(R"({"create": "orders"})");
  const std::string uri = server_.uri_for("reader", "pw");
  const auto relay = start_between(uri, target_uri());
  root_.insert_raw("orders", {make_order(0)});
  ASSERT_TRUE(wait_for_row("0")) << relay->log();
  root_.run_on("admin", R"({"revokeRolesFromUser": "reader", )" + roles + "}");
  EXPECT_EQ(relay->wait(), 3) << relay->log();
  EXPECT_NE(relay->complaint().find("\ntry: db.getSiblingDB(\"admin\").grantRolesToUser("),
            std::string::npos)
      << relay->complaint();
  root_.insert_raw("orders", {make_order(1)});
  root_.run_on("admin", R"({"grantRolesToUser": "reader", )" + roles + "}");
  const Ended next = run(command_between(uri, target_uri(), {"--once"}));
  EXPECT_EQ(next.exit_code, 0) << next.log;
  EXPECT_TRUE(is_equal(root_, "orders", target_, "sales.orders"));
}

}  // namespace
}  // namespace relay
