// The ways to say what to replicate, each up to the row that arrives.
#include <filesystem>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SettingsTest : public RealServersTest {
 protected:
  std::unique_ptr<RelayProcess> start_with(
      const Arguments& arguments,
      const std::vector<std::pair<std::string, std::string>>& environment = {}) {
    return std::make_unique<RelayProcess>(RelayProcess::Options{.arguments = arguments,
                                                                .environment = environment,
                                                                .directory = directory_.path(),
                                                                .program = {},
                                                                .user = ""});
  }
  Arguments between(const Arguments& more) {
    Arguments all{"cdc-relay",
                  "--once",
                  "--source",
                  mongo().uri(),
                  "--target",
                  target_uri(),
                  "--set",
                  "stream.start=" + begin_};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Ended run_with_file(const std::string& text) {
    const std::filesystem::path file = directory_.path() / "relay.toml";
    write_file(file, text);
    return run({"--config", file, "cdc-relay"});
  }
  std::string count(const std::string& table) {
    return target_.cell("SELECT count(*) FROM " + table);
  }
};

TEST_F(SettingsTest, APatternMakesTablesOnTheFly) {
  const auto relay = start_with({"cdc-relay",
                                 "--source",
                                 mongo().uri(),
                                 "--target",
                                 target_uri(),
                                 "--table",
                                 database() + ".*"});
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  source_.insert("orders", R"({"_id": 1})");
  source_.insert("Odd name.with dots", R"({"_id": 2})");
  source_.insert("users", R"({"_id": 3})");
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return !target_.cell("SELECT to_regclass('" + database() + ".users')").empty() &&
           count(database() + ".users") == "1";
  })) << relay->log();
  EXPECT_EQ(count(database() + ".orders"), "1");
  EXPECT_EQ(count(database() + ".\"Odd name.with dots\""), "1");
}

TEST_F(SettingsTest, APatternTakesOnlyWhatItNames) {
  source_.insert("order_lines", R"({"_id": 1})");
  source_.insert("users", R"({"_id": 1})");
  const Ended ended = run(between({"--table", database() + ".order_*"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(target_.cell("SELECT string_agg(table_name, ',') FROM information_schema.tables WHERE "
                         "table_schema = '" +
                         database() + "'"),
            "order_lines");
}

TEST_F(SettingsTest, TwoDatabasesShareOneStream) {
  MongoClient second(mongo().uri(), database() + "_b");
  MongoClient third(mongo().uri(), database() + "_c");
  for (int key = 0; key < 100; ++key) {
    const std::string document = R"({"_id": )" + std::to_string(key) + "}";
    source_.insert("orders", document);
    second.insert("orders", document);
    third.insert("orders", document);
  }
  second.remove("orders", R"({"_id": 0})");
  const Ended ended = run(between({"--table",
                                   database() + ".orders=sales.first",
                                   "--table",
                                   database() + "_b.orders=sales.second"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.first"));
  EXPECT_TRUE(is_equal(second, "orders", target_, "sales.second"));
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.checkpoint"), "1");
}

TEST_F(SettingsTest, TheEnvironmentAloneIsEnough) {
  insert(0, 10);
  const auto relay = start_with({"cdc-relay", "--once", "--table", database() + ".orders"},
                                {{"RELAY_SOURCE_URI", mongo().uri()},
                                 {"RELAY_TARGET_URI", target_uri()},
                                 {"RELAY_STREAM_START", begin_},
                                 {"RELAY_LOG_FORMAT", "json"}});
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(count(database() + ".orders"), "10");
  EXPECT_EQ(relay->log().find('{'), 0U) << "the log is JSON";
}

TEST_F(SettingsTest, AFileAloneIsEnough) {
  insert(0, 10);
  const std::filesystem::path file = directory_.path() / "relay.toml";
  write_file(file,
             "[source]\nuri = \"" + mongo().uri() +
                 "\"\n[target]\nuri = \"${TARGET}\"\nbatch_rows = 3\n"
                 "[state]\npath = \"" +
                 (directory_.path() / "other.db").string() +
                 "\"\n"
                 "[stream]\nstart = \"" +
                 begin_ +
                 "\"\n"
                 "[[table]]\nfrom = \"" +
                 database() + ".orders\"\nto = \"sales.orders\"\n");
  const auto relay =
      start_with({"--config", file, "cdc-relay", "--once"}, {{"TARGET", target_uri()}});
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_TRUE(std::filesystem::exists(directory_.path() / "other.db"));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "relay.db"));
}

TEST_F(SettingsTest, AnUnknownKeyIsShownWithItsPlaceAndItsNeighbour) {
  const Ended ended =
      run_with_file("[target]\nuri = \"postgresql://localhost/x\"\n  batch_row = 3\n");
  EXPECT_EQ(ended.exit_code, 2);
  for (const char* part : {"error: ", "relay.toml:3:3: ", "batch_row", "batch_rows"})
    EXPECT_NE(ended.complaint.find(part), std::string::npos) << part << "\n" << ended.log;
}

TEST_F(SettingsTest, BadValuesAreAllShownWithTheirPlaces) {
  const Ended ended = run_with_file(
      "[target]\nuri = \"postgresql://localhost/x\"\nbatch_rows = 0\nbatch_bytes = 5\n");
  EXPECT_EQ(ended.exit_code, 2);
  for (const char* part :
       {"relay.toml:3:14: target.batch_rows", "relay.toml:4:15: target.batch_bytes"})
    EXPECT_NE(ended.complaint.find(part), std::string::npos) << part << "\n" << ended.log;
}

}  // namespace
}  // namespace relay
