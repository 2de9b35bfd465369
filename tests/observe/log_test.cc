#include "observe/log.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

// The time differs from run to run, its form does not.
std::string mask_digits(std::string line) {
  std::ranges::replace_if(line, [](char c) { return c >= '0' && c <= '9'; }, '#');
  return line;
}

class LogTest : public testing::Test {
 protected:
  void TearDown() override {
    set_log_level(LogLevel::info);
    set_log_format(LogFormat::text);
  }

  std::vector<std::string> lines;
  LogCapture capture{[this](std::string_view line) { lines.emplace_back(line); }};
};

TEST_F(LogTest, TextLinesReachTheCapture) {
  log_info("stream opened", {{"stream", "default"}, {"rows", 5}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(mask_digits(lines[0]),
            "####-##-##T##:##:##.###Z info  stream opened stream=default rows=#");
}

TEST_F(LogTest, TheFormatCanBeChanged) {
  set_log_format(LogFormat::json);
  log_warn("source lost", {{"attempt", 3}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(
      mask_digits(lines[0]),
      R"({"time":"####-##-##T##:##:##.###Z","level":"warn","message":"source lost","attempt":#})");
}

TEST_F(LogTest, LessImportantLevelsAreLeftOut) {
  const std::vector<LogLevel> levels = {
      LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    set_log_level(levels[i]);
    lines.clear();
    log_debug("a");
    log_info("b");
    log_warn("c");
    log_error("d");
    EXPECT_EQ(lines.size(), levels.size() - i);
    for (std::size_t j = 0; j < levels.size(); ++j)
      EXPECT_EQ(is_logged(levels[j]), j >= i);
  }
}

// A brace or a percent sign is text, not a place for an argument.
TEST_F(LogTest, MessagesAreNoFormatStrings) {
  log_info("a {} %s {0}", {{"k", "{}%d"}});
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].ends_with("a {} %s {0} k={}%d")) << lines[0];
}

TEST_F(LogTest, LinesOfSeveralThreadsStayWhole) {
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 250; ++i)
          log_info("tick", {{"thread", t}, {"value", std::string(50, 'x')}});
      });
    }
  }
  EXPECT_EQ(lines.size(), 1'000U);
  const std::string tail = " value=" + std::string(50, 'x');
  EXPECT_TRUE(
      std::ranges::all_of(lines, [&](const std::string& line) { return line.ends_with(tail); }));
}

}  // namespace
}  // namespace relay
