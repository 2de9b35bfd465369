// ProgressLine: how long work shows that it goes on. On a terminal one line is written again and
// again, elsewhere a plain line every now and then. No colour and no escape sequence, so NO_COLOR
// has nothing to switch off and a log of the terminal stays readable.
//
// One thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/clock.h"

namespace relay {

// What a file descriptor leads to.
struct TerminalInfo {
  bool is_terminal =
      false;  // False also for TERM=dumb, which cannot go back to the line's beginning.
  std::size_t columns = 80;
};
TerminalInfo find_terminal(int file_descriptor);

class ProgressLine {
 public:
  struct Options {
    TerminalInfo terminal;
    // Least time between two lines.
    Clock::Duration terminal_interval = std::chrono::milliseconds(100);
    Clock::Duration plain_interval = std::chrono::seconds(10);
  };

  // `write` gets text as it goes to the stream; `clock` outlives this.
  ProgressLine(std::function<void(std::string_view)> write, Clock& clock, Options options);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Shows `text` when enough time has passed since the last time; the first one always.
  void update(std::string_view text);

  // Takes the line off the terminal, so that something else can be written; the next update shows
  // it again.
  void clear();

  // Shows `text` in any case and ends the line.
  void finish(std::string_view text);

 private:
  void show(std::string_view text);

  std::function<void(std::string_view)> write_;
  Clock& clock_;
  Options options_;
  bool has_shown_ = false;
  Clock::TimePoint shown_at_{};
  std::size_t line_bytes_ = 0;  // Of the line that stands on the terminal and has no end yet.
};

}  // namespace relay
