// relay plan: what can be known about the source before the first write, and without any write.
#include <gtest/gtest.h>

#include "e2e/plan_fixture.h"

namespace relay {
namespace {

TEST_F(PlanTest, ASampleHoldsTheNewestDocuments) {
  write_settings(table("orders", "to = \"sales.orders\""));
  insert(0, 300);
  source_.insert("orders", R"({"_id": "newest", "late": 1})");
  const Ended ended = plan({"--sample", "10"});
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(has(ended.log, "late "));
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

}  // namespace
}  // namespace relay
