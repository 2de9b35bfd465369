// A pattern takes what matches it now and later: collections, and nothing else that has a name.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class PatternsTest : public RealServersTest {
 protected:
  // Collections that begin with `prefix`.
  Arguments pattern_command(const Arguments& more = {}, const std::string& prefix = "") {
    Arguments all{"cdc-relay",
                  "--source",
                  mongo().uri(),
                  "--target",
                  target_uri(),
                  "--table",
                  database() + "." + prefix + "*=sales.{collection}"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  std::unique_ptr<RelayProcess> start_with_pattern() {
    std::unique_ptr<RelayProcess> relay = start(pattern_command());
    EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
    return relay;
  }

  void fill(const std::string& collection, int first, int end) {
    for (int key = first; key < end; ++key)
      source_.insert(collection, R"({"_id": )" + std::to_string(key) + "}");
  }

  std::string tables() {
    return target_.list(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'sales' ORDER BY "
        "table_name");
  }

  testing::AssertionResult wait_until_equal_in(const std::string& collection) {
    testing::AssertionResult last = testing::AssertionFailure() << "there is no table";
    wait_until(kPatience, [&] {
      const std::string table = "sales." + collection;
      if (!target_.has_table(table)) return false;
      last = is_equal(source_, collection, target_, table);
      return static_cast<bool>(last);
    });
    return last;
  }

  // Everything written before it is in.
  testing::AssertionResult wait_for_marker() {
    const std::string key = std::to_string(++marker_);
    source_.insert("markers", R"({"_id": )" + key + "}");
    return wait_until_equal_in("markers");
  }

 private:
  int marker_ = 0;
};

TEST_F(PatternsTest, CollectionsOfNowAndLaterAreTaken) {
  fill("now", 0, 20);
  source_.run(R"({"create": "empty"})");
  source_.run(R"({"create": "now_view", "viewOn": "now", "pipeline": []})");
  source_.run(R"({"create": "now_series", "timeseries": {"timeField": "at"}})");
  const auto relay = start_with_pattern();
  fill("later", 0, 20);
  source_.run(R"({"create": "later_empty"})");
  source_.run(R"({"create": "later_view", "viewOn": "now", "pipeline": []})");
  source_.run(R"({"collMod": "later_view", "viewOn": "later", "pipeline": []})");
  source_.run(R"({"create": "later_series", "timeseries": {"timeField": "at"}})");
  source_.insert("later_series", R"({"at": {"$date": {"$numberLong": "0"}}})");
  source_.run(R"({"drop": "later_view"})");
  source_.run(R"({"drop": "now_series"})");
  ASSERT_TRUE(wait_for_marker()) << relay->log();
  EXPECT_TRUE(wait_until_equal_in("now")) << relay->log();
  EXPECT_TRUE(wait_until_equal_in("later")) << relay->log();
  EXPECT_EQ(tables(), "empty later later_empty markers now");
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();

  const Ended again = run(pattern_command({"--once"}));
  EXPECT_EQ(again.exit_code, 0) << again.log;
  EXPECT_EQ(again.log.find("snapshot begins"), std::string::npos) << again.log;
  EXPECT_EQ(tables(), "empty later later_empty markers now");
}

// It may be empty, and its table new.
TEST_F(PatternsTest, ACollectionThatGetsAMatchingNameIsTaken) {
  source_.run(R"({"create": "_blank"})");
  fill("_filled", 0, 20);
  const auto relay = start(pattern_command({}, "n"));
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  const std::string rename = R"({"renameCollection": ")" + database() + "._";
  const std::string to = R"(", "to": ")" + database() + ".n";
  source_.run_on("admin", rename + "blank" + to + R"(blank"})");
  source_.run_on("admin", rename + "filled" + to + R"(filled"})");
  EXPECT_TRUE(wait_until_equal_in("nblank")) << relay->log();
  EXPECT_TRUE(wait_until_equal_in("nfilled")) << relay->log();
  EXPECT_TRUE(wait_until_copied()) << relay->log();
}

// Each of them makes a collection with a name of the server's own first.
TEST_F(PatternsTest, TheServersTemporaryCollectionsAreNoTables) {
  fill("one", 0, 20);
  fill("two", 100, 130);
  MongoClient elsewhere(mongo().uri(), database() + "_elsewhere");
  elsewhere.insert("three", R"({"_id": 1})");
  const auto relay = start_with_pattern();
  ASSERT_TRUE(wait_for_marker()) << relay->log();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  const std::string out = R"("pipeline": [{"$match": {"_id": {"$gt": 3}}}, {"$out": )";
  source_.run(R"({"aggregate": "one", )" + out + R"("two"}], "cursor": {}})");
  source_.run(R"({"aggregate": "one", )" + out + R"("made"}], "cursor": {}})");
  source_.run(R"({"convertToCapped": "one", "size": 1000000})");
  source_.run_on("admin",
                 R"({"renameCollection": ")" + database() + R"(_elsewhere.three", "to": ")" +
                     database() + R"(.three"})");
  ASSERT_TRUE(wait_for_marker()) << relay->log();
  for (const char* collection : {"one", "two", "made", "three"})
    EXPECT_TRUE(wait_until_equal_in(collection)) << collection << "\n" << relay->log();
  EXPECT_EQ(tables(), "made markers one three two");
  fill("made", 1'000, 1'010);
  source_.remove("two", R"({"_id": 5})");
  EXPECT_TRUE(wait_until_equal_in("made")) << relay->log();
  EXPECT_TRUE(wait_until_equal_in("two")) << relay->log();
}

// The old name's rows stay, as after a drop; the new name is a table of its own.
TEST_F(PatternsTest, ARenamedCollectionFeedsTheTableOfItsNewName) {
  fill("old", 0, 50);
  const auto relay = start_with_pattern();
  ASSERT_TRUE(wait_until_equal_in("old")) << relay->log();
  source_.run_on(
      "admin",
      R"({"renameCollection": ")" + database() + R"(.old", "to": ")" + database() + R"(.fresh"})");
  fill("fresh", 50, 60);
  EXPECT_TRUE(wait_until_equal_in("fresh")) << relay->log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.old"), "50");
  fill("old", 70, 75);
  EXPECT_TRUE(wait_until_equal_in("old")) << relay->log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.old"), "5");
}

TEST_F(PatternsTest, WhatHappensWhileTheRelayIsDownIsCaughtUpWith) {
  fill("kept", 0, 20);
  fill("dropped", 0, 20);
  fill("remade", 0, 20);
  ASSERT_EQ(run(pattern_command({"--once"})).exit_code, 0);
  source_.run(R"({"drop": "dropped"})");
  source_.run(R"({"drop": "remade"})");
  fill("remade", 100, 110);
  fill("fresh", 0, 10);
  source_.run(R"({"create": "fresh_view", "viewOn": "kept", "pipeline": []})");
  fill("shortlived", 0, 3);
  source_.run(R"({"drop": "shortlived"})");
  fill("kept", 20, 25);
  const Ended second = run(pattern_command({"--once"}));
  EXPECT_EQ(second.exit_code, 0) << second.log;
  for (const char* collection : {"kept", "remade", "fresh"}) {
    EXPECT_TRUE(is_equal(source_, collection, target_, std::string("sales.") + collection))
        << collection << "\n"
        << second.log;
  }
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.dropped"), "20") << "its rows stay";
  const Ended third = run(pattern_command({"--once"}));
  EXPECT_EQ(third.exit_code, 0) << third.log;
  EXPECT_EQ(third.log.find("snapshot begins"), std::string::npos) << third.log;
  fill("dropped", 50, 52);
  const Ended last = run(pattern_command({"--once"}));
  EXPECT_EQ(last.exit_code, 0) << last.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.dropped"), "2");
}

}  // namespace
}  // namespace relay
