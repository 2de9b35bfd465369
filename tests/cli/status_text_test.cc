#include "cli/status_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "server/status_json.h"
#include "support/golden.h"
#include "support/sample_report.h"

namespace relay {
namespace {

constexpr char kUrl[] = "http://127.0.0.1:8686";

TEST(StatusTextTest, ShowsWhatTheRelaySays) {
  RelayReport report = sample_report();
  report.is_paused = true;
  report.trouble = "connect to the target: Connection refused";
  const std::string text = render_status_text(render_status_json(report), kUrl).value();
  EXPECT_EQ(golden_text("tests/cli/golden/status.txt", text), text)
      << "look at the difference, then RELAY_UPDATE_GOLDEN=1";
}

TEST(StatusTextTest, MembersThatAreMissingOrOddArePassedOver) {
  EXPECT_TRUE(render_status_text(R"({"state":"streaming"})", kUrl).ok());
  EXPECT_TRUE(
      render_status_text(R"({"state":"x","streams":{},"paused":1,"source":[]})", kUrl).ok());
  EXPECT_TRUE(render_status_text(
                  R"({"state":"x","streams":[1,{"tables":[null,{"misfits":-1,"to":7}]}]})", kUrl)
                  .ok());
  const Result<std::string> odd = render_status_text(
      R"({"state":"x","streams":[{"tables":[{"misfits":2,"misfits_by_column":{"a":"b","c":2}}]}]})",
      kUrl);
  ASSERT_TRUE(odd.ok());
  EXPECT_NE(odd.value().find("2 (c 2)"), std::string::npos) << odd.value();
}

TEST(StatusTextTest, WhatIsNotKnownYetIsSaidSo) {
  RelayReport report;
  report.streams.emplace_back().name = "default";
  const std::string text = render_status_text(render_status_json(report), kUrl).value();
  EXPECT_NE(text.find("stream default: lag unknown, oplog runway unknown, no position stored yet\n"
                      "  no table is known yet\n"),
            std::string::npos)
      << text;
}

TEST(StatusTextTest, AnotherServerIsNoRelay) {
  for (const char* json : {"", "<html>", "{}", "[]", "null", R"({"state":1})", R"({"state":"")"}) {
    const Result<std::string> text = render_status_text(json, kUrl);
    ASSERT_FALSE(text.ok()) << json;
    EXPECT_EQ(text.error().kind, ErrorKind::check_failed);
  }
}

// A name of a collection may be anything, and must not paint the terminal.
TEST(StatusTextTest, ControlCharactersAreTakenOut) {
  RelayReport report = sample_report();
  report.streams[0].tables[0].from = "shop.\x1b[2Jevil\x7f\n";
  report.streams[0].tables[0].misfits = {{"\x1b[31m", 1}};
  const std::string text = render_status_text(render_status_json(report), kUrl).value();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("shop.?[2Jevil??"), std::string::npos) << text;
}

TEST(StoredTextTest, ShowsThePositionsOfTheStateFile) {
  const std::vector<StoredStream> streams = {
      {"default", {"82AA", {1'700'000'000, 1}}, "2024-07-11T23:17:42.907Z"}};
  EXPECT_EQ(render_stored_text(streams, "relay.db", "nobody there"),
            "relay unreachable: nobody there\n"
            "from the state file relay.db:\n"
            "\n"
            "  STREAM   STORED AT                 CLUSTER TIME  POSITION\n"
            "  default  2024-07-11T23:17:42.907Z  1700000000    82AA\n");
  EXPECT_NE(render_stored_text({}, "relay.db", "x").find("no position is stored yet"),
            std::string::npos);
  const auto json = nlohmann::json::parse(render_stored_json(streams, "nobody there"));
  EXPECT_EQ(json.at("state"), "unreachable");
  EXPECT_EQ(json.at("streams").at(0).at("position"), "82AA");
  EXPECT_TRUE(json.at("streams").at(0).at("lag_seconds").is_null());
}

}  // namespace
}  // namespace relay
