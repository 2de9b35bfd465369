#include "server/status_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/golden.h"
#include "support/sample_report.h"

namespace relay {
namespace {

TEST(StatusJsonTest, EveryMemberIsAsPromised) {
  const std::string text = render_status_json(sample_report());
  EXPECT_EQ(golden_text("tests/server/golden/status.json", text), text)
      << "look at the difference, then RELAY_UPDATE_GOLDEN=1";
}

TEST(StatusJsonTest, WhatIsNotKnownIsNull) {
  RelayReport report = sample_report();
  report.streams[0].position.clear();
  report.streams[0].lag_seconds = std::nullopt;
  report.streams[0].oplog_runway_seconds = std::nullopt;
  report.streams[0].checkpoint_age_seconds = std::nullopt;
  const auto stream = nlohmann::json::parse(render_status_json(report)).at("streams").at(0);
  EXPECT_TRUE(stream.at("position").is_null());
  EXPECT_TRUE(stream.at("lag_seconds").is_null());
  EXPECT_TRUE(stream.at("oplog_runway_seconds").is_null());
  EXPECT_TRUE(stream.at("checkpoint_age_seconds").is_null());
}

TEST(StatusJsonTest, DeadLettersAreTheOpenOnes) {
  const auto json = nlohmann::json::parse(render_status_json(sample_report()));
  const auto& table = json.at("streams").at(0).at("tables").at(0);
  EXPECT_EQ(table.at("dead_letters"), 2);
  EXPECT_EQ(table.at("dead_letters_by_reason").dump(), R"({"duplicate_key":2})");
  EXPECT_EQ(table.at("misfits"), 4);
}

TEST(StatusJsonTest, ANameThatIsNoUtf8DoesNotBreakIt) {
  RelayReport report = sample_report();
  report.streams[0].tables[0].from = "shop.\xff\"\n";
  const auto json = nlohmann::json::parse(render_status_json(report));
  EXPECT_EQ(json.at("streams").at(0).at("tables").at(0).at("from"), "shop.\xef\xbf\xbd\"\n");
}

TEST(StatusJsonTest, OtherAnswersAreJsonToo) {
  EXPECT_EQ(render_error_json("a \"b\""), "{\"error\":\"a \\\"b\\\"\"}\n");
  EXPECT_EQ(render_accepted_json(), "{\"status\":\"accepted\"}\n");
}

}  // namespace
}  // namespace relay
