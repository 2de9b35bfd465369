// The workload against a real MongoDB: the model's digest must be what the collection really holds,
// also when the server is killed under it.
#include "workload/run_workload.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <mongoc/mongoc.h>

#include "support/mongo_server.h"
#include "support/wait_until.h"

namespace relay {
namespace {

MongoServer& server() {
  static MongoServer shared;
  return shared;
}

class RunWorkloadTest : public testing::Test {
 protected:
  RunWorkloadTest() {
    options_.database = testing::UnitTest::GetInstance()->current_test_info()->name();
    options_.check = AfterCheck::verify;
    options_.writer_count = 2;
    options_.operation_count = 3'000;
  }

  Result<WorkloadSummary> run(const std::stop_token& stop = {}) {
    return run_workload(options_, Secret(server().uri()), progress_, clock_, stop);
  }

  WorkloadSummary run_well() {
    Result<WorkloadSummary> result = run();
    if (!result.ok()) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    return result.value();
  }

  // The collection holds what the model says, and that is something.
  static void expect_true(const WorkloadSummary& summary) {
    EXPECT_FALSE(summary.collections.empty());
    for (const WorkloadSummary::Collection& collection : summary.collections) {
      ASSERT_TRUE(collection.found.has_value());
      EXPECT_EQ(format_digest(*collection.found), format_digest(collection.expected))
          << collection.name;
      EXPECT_GT(collection.expected.document_count, 0U) << collection.name;
    }
    EXPECT_TRUE(summary.is_as_expected());
  }

  // Runs a command, given as JSON, on the test's database.
  void command(const std::string& json) const {
    mongoc_client_t* client = mongoc_client_new(server().uri().c_str());
    bson_error_t error;
    bson_t* body = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(json.data()),
                                      static_cast<ssize_t>(json.size()),
                                      &error);
    ASSERT_NE(body, nullptr) << error.message;
    EXPECT_TRUE(mongoc_client_command_simple(
        client, options_.database.c_str(), body, nullptr, nullptr, &error))
        << error.message;
    bson_destroy(body);
    mongoc_client_destroy(client);
  }

  WorkloadOptions options_;
  WorkloadProgress progress_;
  SystemClock clock_;
};

TEST_F(RunWorkloadTest, OrdersEndAsTheModelSays) {
  const WorkloadSummary summary = run_well();
  expect_true(summary);
  EXPECT_EQ(summary.counts.total(), 3'000U);
  EXPECT_GT(summary.counts.replace_count, 0U);
  EXPECT_GT(summary.counts.delete_count, 0U);
}

TEST_F(RunWorkloadTest, SensorsEndAsTheModelSays) {
  options_.profile = WorkloadProfile::sensors;
  expect_true(run_well());
}

TEST_F(RunWorkloadTest, UsersEndAsTheModelSays) {
  options_.profile = WorkloadProfile::users;
  expect_true(run_well());
}

TEST_F(RunWorkloadTest, PaddedInsertsEndAsTheModelSays) {
  options_.mix = WorkloadMix::insert_only;
  options_.document_bytes = 1'000;
  const WorkloadSummary summary = run_well();
  expect_true(summary);
  EXPECT_EQ(summary.counts.insert_count, 3'000U);
}

TEST_F(RunWorkloadTest, TheSameSeedGivesTheSameResultOnTheServer) {
  const Digest first = run_well().collections.at(0).expected;
  options_.existing = ExistingDocuments::drop;
  EXPECT_EQ(run_well().collections.at(0).found, first);
}

// With a rate the batches are cut elsewhere; the result must not depend on that.
TEST_F(RunWorkloadTest, TheRateDoesNotChangeTheResult) {
  options_.operation_count = 600;
  const Digest first = run_well().collections.at(0).expected;
  options_.existing = ExistingDocuments::drop;
  options_.rate = 2'000;
  const WorkloadSummary paced = run_well();
  expect_true(paced);
  EXPECT_EQ(paced.collections.at(0).expected, first);
  EXPECT_GE(paced.duration, std::chrono::milliseconds(200));
}

TEST_F(RunWorkloadTest, ADurationEndsTheRun) {
  options_.operation_count = 0;
  options_.duration = std::chrono::milliseconds(300);
  const WorkloadSummary summary = run_well();
  expect_true(summary);
  EXPECT_GE(summary.duration, std::chrono::milliseconds(300));
}

TEST_F(RunWorkloadTest, DocumentsThatAreThereAlreadyAreRefused) {
  run_well();
  const Result<WorkloadSummary> again = run();
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, ErrorKind::config_invalid);
  EXPECT_NE(again.error().message.find(options_.database + ".orders"), std::string::npos);
  EXPECT_NE(again.error().hint.find("--drop"), std::string::npos);
}

TEST_F(RunWorkloadTest, AppendingUnderAnotherSeedLeavesTheFirstRunsDocuments) {
  const std::uint64_t first = run_well().collections.at(0).expected.document_count;
  options_.existing = ExistingDocuments::append;
  options_.seed = 2;
  const WorkloadSummary appended = run_well();
  expect_true(appended);
  command(R"({"aggregate": "orders", "cursor": {}, "pipeline": [
      {"$group": {"_id": null, "n": {"$sum": 1}}},
      {"$project": {"x": {"$divide": [1, {"$cond": [{"$eq": ["$n", )" +
          std::to_string(first + appended.collections.at(0).expected.document_count) +
          R"(]}, 1, 0]}]}}}]})");
}

TEST_F(RunWorkloadTest, AppendingUnderTheSameSeedIsRefused) {
  run_well();
  options_.existing = ExistingDocuments::append;
  const Result<WorkloadSummary> again = run();
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, ErrorKind::config_invalid);
  EXPECT_NE(again.error().hint.find("--seed"), std::string::npos);
  EXPECT_EQ(again.error().message.find("dup key"), std::string::npos) << "a key is content";
}

// A field that somebody else has changed by one: the check must not be blind.
TEST_F(RunWorkloadTest, AStrangersWriteIsFoundByTheCheck) {
  std::stop_source stop;
  options_.operation_count = 0;
  options_.mix = WorkloadMix::insert_only;
  options_.check = AfterCheck::verify;
  Result<WorkloadSummary> result = Error{};
  {
    const std::jthread runner([&] { result = run(stop.get_token()); });
    EXPECT_TRUE(
        wait_until(std::chrono::seconds(30), [&] { return progress_.counts().total() > 0; }));
    command(R"({"update": "orders", "updates": [{"q": {"stamp": {"$numberLong": "1"}, "writer": 0},
                "u": {"$set": {"gift": "yes"}}}]})");
    stop.request_stop();
  }
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_FALSE(result.value().is_as_expected());
}

TEST_F(RunWorkloadTest, DocumentsTakenAwayMeanwhileEndTheRun) {
  std::stop_source stop;
  options_.operation_count = 0;
  options_.update_per_mille = 900;
  Result<WorkloadSummary> result = WorkloadSummary{};
  {
    const std::jthread runner([&] { result = run(stop.get_token()); });
    EXPECT_TRUE(
        wait_until(std::chrono::seconds(30), [&] { return progress_.counts().total() > 0; }));
    command(R"({"delete": "orders", "deletes": [{"q": {}, "limit": 0}]})");
  }
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::check_failed);
}

TEST_F(RunWorkloadTest, AStopEndsAfterTheBatchInFlightWithATrueDigest) {
  std::stop_source stop;
  options_.operation_count = 0;
  Result<WorkloadSummary> result = Error{};
  {
    const std::jthread runner([&] { result = run(stop.get_token()); });
    EXPECT_TRUE(
        wait_until(std::chrono::seconds(30), [&] { return progress_.counts().total() > 2'000; }));
    stop.request_stop();
  }
  ASSERT_TRUE(result.ok()) << result.error().message;
  expect_true(result.value());
}

// A hole in the pace is found by a stop at once, not after the sleep.
TEST_F(RunWorkloadTest, AStopEndsAWaitForThePace) {
  std::stop_source stop;
  options_.writer_count = 1;
  options_.rate = 1;
  options_.operation_count = 1'000;
  Result<WorkloadSummary> result = Error{};
  {
    const std::jthread runner([&] { result = run(stop.get_token()); });
    EXPECT_TRUE(
        wait_until(std::chrono::seconds(30), [&] { return progress_.counts().total() > 0; }));
    stop.request_stop();
  }
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_LT(result.value().counts.total(), 30U);
}

// $push acts twice when it is carried out twice: what is sent again after a lost answer must not
// be.
TEST_F(RunWorkloadTest, AServerKilledInTheMiddleChangesNothingInTheResult) {
  options_.operation_count = 60'000;
  options_.writer_count = 3;
  options_.update_per_mille = 600;
  WorkloadSummary expected;
  Result<WorkloadSummary> result = Error{};
  {
    const std::jthread runner([&] { result = run(); });
    for (const std::uint64_t mark : {2'000U, 12'000U, 25'000U}) {
      EXPECT_TRUE(
          wait_until(std::chrono::seconds(60), [&] { return progress_.counts().total() > mark; }));
      server().kill();
      EXPECT_TRUE(
          wait_until(std::chrono::seconds(30), [&] { return !progress_.trouble().empty(); }));
      server().start();
    }
  }
  ASSERT_TRUE(result.ok()) << result.error().message;
  expect_true(result.value());
  EXPECT_EQ(result.value().counts.total(), 60'000U);
  EXPECT_EQ(progress_.trouble(), "");
}

// Answers lost by the network alone: the server did the write, and the client never hears of it.
TEST_F(RunWorkloadTest, LostAnswersAreNotCarriedOutTwice) {
  options_.operation_count = 20'000;
  options_.update_per_mille = 600;
  command(R"({"create": "orders"})");
  mongoc_client_t* client = mongoc_client_new(server().uri().c_str());
  bson_error_t error;
  bson_t* fail_point = BCON_NEW("configureFailPoint",
                                "failCommand",
                                "mode",
                                "{",
                                "times",
                                BCON_INT32(10),
                                "}",
                                "data",
                                "{",
                                "failCommands",
                                "[",
                                "update",
                                "insert",
                                "delete",
                                "]",
                                "writeConcernError",
                                "{",
                                "code",
                                BCON_INT32(64),
                                "errmsg",
                                "test",
                                "}",
                                "}");
  ASSERT_TRUE(mongoc_client_command_simple(client, "admin", fail_point, nullptr, nullptr, &error))
      << error.message;
  bson_destroy(fail_point);
  mongoc_client_destroy(client);
  expect_true(run_well());
}

TEST_F(RunWorkloadTest, AWorkloadWaitsForAServerThatIsNotThereYet) {
  server().kill();
  Result<WorkloadSummary> result = Error{};
  {
    const std::jthread runner([&] { result = run(); });
    EXPECT_TRUE(wait_until(std::chrono::seconds(30), [&] { return !progress_.trouble().empty(); }));
    server().start();
  }
  ASSERT_TRUE(result.ok()) << result.error().message;
  expect_true(result.value());
}

TEST_F(RunWorkloadTest, AStopEndsTheWaitForAServer) {
  std::stop_source stop;
  server().kill();
  Result<WorkloadSummary> result = WorkloadSummary{};
  {
    const std::jthread runner([&] { result = run(stop.get_token()); });
    EXPECT_TRUE(wait_until(std::chrono::seconds(30), [&] { return !progress_.trouble().empty(); }));
    stop.request_stop();
  }
  server().start();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::source_unavailable);
}

TEST_F(RunWorkloadTest, AStandaloneIsRefusedWithTheWayOut) {
  MongoServer::Options alone;
  alone.replica_set = false;
  const MongoServer standalone(alone);
  for (const std::string set : {"", "?replicaSet=rs0"}) {
    const std::string uri = "mongodb://127.0.0.1:" + std::to_string(standalone.port()) + "/" + set;
    const auto result = run_workload(options_, Secret(uri), progress_, clock_, {});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind, ErrorKind::source_refused);
    EXPECT_NE(result.error().hint.find("replSet"), std::string::npos) << result.error().hint;
  }
}

TEST_F(RunWorkloadTest, AWrongPasswordIsRefusedAndNotShown) {
  MongoServer::Options with_users;
  with_users.auth = true;
  const MongoServer guarded(with_users);
  const auto result = run_workload(
      options_, Secret(guarded.uri_for("root", "s3cr3t-canary")), progress_, clock_, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::source_refused);
  EXPECT_EQ(result.error().message.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace relay
