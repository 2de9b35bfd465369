#include "cli/progress_line.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

class HandClock final : public Clock {
 public:
  TimePoint now() override { return now_; }
  std::chrono::system_clock::time_point wall_now() override { return {}; }
  void advance(Duration duration) { now_ += duration; }

 private:
  TimePoint now_{};
};

class ProgressLineTest : public testing::Test {
 protected:
  ProgressLine make(TerminalInfo terminal) {
    return ProgressLine(
        [this](std::string_view text) { written += text; }, clock, ProgressLine::Options{terminal});
  }

  HandClock clock;
  std::string written;
};

TEST_F(ProgressLineTest, ATerminalHasOneLineThatIsRewritten) {
  {
    ProgressLine line = make({.is_terminal = true, .columns = 80});
    line.update("rows=1000");
    clock.advance(std::chrono::milliseconds(100));
    line.update("rows=2");
    clock.advance(std::chrono::milliseconds(100));
    line.finish("done");
  }
  EXPECT_EQ(written, "\rrows=1000\rrows=2   \rdone  \n");
}

TEST_F(ProgressLineTest, ATerminalIsNotWrittenFasterThanAnybodyReads) {
  ProgressLine line = make({.is_terminal = true, .columns = 80});
  line.update("1");
  clock.advance(std::chrono::milliseconds(99));
  line.update("2");
  EXPECT_EQ(written, "\r1");
  clock.advance(std::chrono::milliseconds(1));
  line.update("3");
  EXPECT_EQ(written, "\r1\r3");
}

// A line that wraps cannot be taken back.
TEST_F(ProgressLineTest, TheLineStaysInsideTheTerminal) {
  ProgressLine line = make({.is_terminal = true, .columns = 5});
  line.update("123456789");
  EXPECT_EQ(written, "\r1234");
}

TEST_F(ProgressLineTest, ElsewhereLinesArePlainAndFew) {
  ProgressLine line = make({.is_terminal = false, .columns = 80});
  line.update("a");
  clock.advance(std::chrono::milliseconds(9'999));
  line.update("b");
  EXPECT_EQ(written, "a\n");
  clock.advance(std::chrono::milliseconds(1));
  line.update("c");
  line.finish("d");
  EXPECT_EQ(written, "a\nc\nd\n");
}

TEST_F(ProgressLineTest, AClearedLineLeavesNothingBehind) {
  {
    ProgressLine line = make({.is_terminal = true, .columns = 80});
    line.clear();
    line.update("abc");
    line.clear();
    line.update("x");
  }
  EXPECT_EQ(written, "\rabc\r   \r\rx\n");
}

TEST_F(ProgressLineTest, ALineLeftOpenIsEnded) {
  make({.is_terminal = true, .columns = 80}).update("abc");
  EXPECT_EQ(written, "\rabc\n");
}

TEST_F(ProgressLineTest, NoEscapeSequenceIsEverWritten) {
  ProgressLine line = make({.is_terminal = true, .columns = 80});
  line.update("abc");
  line.clear();
  line.finish("d");
  EXPECT_EQ(written.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace relay
