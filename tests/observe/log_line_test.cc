#include "observe/log_line.h"

#include <limits>

#include <gtest/gtest.h>

namespace relay {
namespace {

// 2024-07-11T23:17:42.907Z
const std::chrono::system_clock::time_point kTime{std::chrono::milliseconds(1'720'739'862'907)};

std::string text_of(LogFields fields) {
  return format_text_line({kTime, LogLevel::info, "stream opened", fields});
}
std::string json_of(LogFields fields) {
  return format_json_line({kTime, LogLevel::info, "stream opened", fields});
}

TEST(LogLineTest, TextIsTimeLevelMessageAndFields) {
  EXPECT_EQ(
      text_of({{"stream", "default"}, {"rows", 500}, {"is_full", true}, {"rate", 1.5}}),
      "2024-07-11T23:17:42.907Z info  stream opened stream=default rows=500 is_full=true rate=1.5");
  EXPECT_EQ(format_text_line({kTime, LogLevel::error, "batch refused", {}}),
            "2024-07-11T23:17:42.907Z error batch refused");
}

TEST(LogLineTest, JsonHasStableKeysInOrder) {
  EXPECT_EQ(json_of({{"stream", "default"}, {"rows", 500}, {"is_full", true}, {"rate", 1.5}}),
            R"({"time":"2024-07-11T23:17:42.907Z","level":"info","message":"stream opened",)"
            R"("stream":"default","rows":500,"is_full":true,"rate":1.5})");
}

TEST(LogLineTest, TextValuesAreQuotedWhenTheirEndWouldBeUnclear) {
  EXPECT_EQ(
      text_of({{"a", ""}, {"b", "x y"}, {"c", "x=y"}, {"d", "x\"y\\"}, {"e", "x.y:z/[1]"}}),
      R"(2024-07-11T23:17:42.907Z info  stream opened a="" b="x y" c="x=y" d="x\"y\\" e=x.y:z/[1])");
}

// A value that could begin a new line could forge one.
TEST(LogLineTest, NoValueBreaksTheLine) {
  const std::string value = "a\nb\rc\td\x1b[31m\x7f";
  EXPECT_EQ(text_of({{"v", value}}),
            "2024-07-11T23:17:42.907Z info  stream opened v=\"a\\nb\\rc\\td\\u001b[31m\\u007f\"");
  EXPECT_TRUE(json_of({{"v", value}}).ends_with("\"v\":\"a\\nb\\rc\\td\\u001b[31m\\u007f\"}"));
  EXPECT_TRUE(text_of({{"v", std::string("a\0b", 3)}}).ends_with("v=\"a\\u0000b\""));
}

TEST(LogLineTest, Utf8StaysAndOtherBytesAreReplaced) {
  EXPECT_TRUE(text_of({{"v", "gr\xc3\xbc\xc3\x9f"}}).ends_with("v=gr\xc3\xbc\xc3\x9f"));
  for (const char* bad : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    const std::string json = json_of({{"v", bad}});
    EXPECT_NE(json.find("\"v\":\"\\ufffd"), std::string::npos) << json;
    EXPECT_NE(text_of({{"v", bad}}).find("v=\"\\ufffd"), std::string::npos);
  }
}

TEST(LogLineTest, NumbersOfEveryWidthAreKept) {
  EXPECT_TRUE(json_of({{"a", std::numeric_limits<std::uint64_t>::max()},
                       {"b", std::numeric_limits<std::int64_t>::min()},
                       {"c", std::uint8_t{7}}})
                  .ends_with(R"("a":18446744073709551615,"b":-9223372036854775808,"c":7})"));
}

TEST(LogLineTest, JsonStaysValidForNumbersItDoesNotHave) {
  EXPECT_TRUE(json_of({{"a", std::numeric_limits<double>::infinity()}}).ends_with(R"("a":"inf"})"));
  EXPECT_TRUE(
      json_of({{"a", std::numeric_limits<double>::quiet_NaN()}}).ends_with(R"("a":"nan"})"));
}

}  // namespace
}  // namespace relay
