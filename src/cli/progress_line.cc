#include "cli/progress_line.h"

#include <cstdlib>
#include <unistd.h>
#include <utility>

#include <sys/ioctl.h>

namespace relay {

TerminalInfo find_terminal(int file_descriptor) {
  TerminalInfo info;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): asked before any thread starts.
  const char* kind = std::getenv("TERM");
  const bool is_dumb = kind != nullptr && std::string_view(kind) == "dumb";
  info.is_terminal = isatty(file_descriptor) == 1 && !is_dumb;
  winsize size{};
  if (info.is_terminal && ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 1) {
    info.columns = size.ws_col;
  }
  return info;
}

ProgressLine::ProgressLine(std::function<void(std::string_view)> write,
                           Clock& clock,
                           Options options)
    : write_(std::move(write)), clock_(clock), options_(options) {}

ProgressLine::~ProgressLine() {
  if (line_bytes_ > 0) write_("\n");
}

void ProgressLine::update(std::string_view text) {
  const Clock::TimePoint now = clock_.now();
  const Clock::Duration interval =
      options_.terminal.is_terminal ? options_.terminal_interval : options_.plain_interval;
  if (has_shown_ && now - shown_at_ < interval) return;
  has_shown_ = true;
  shown_at_ = now;
  show(text);
}

void ProgressLine::clear() {
  if (line_bytes_ == 0) return;
  write_("\r" + std::string(line_bytes_, ' ') + "\r");
  line_bytes_ = 0;
  has_shown_ = false;
}

void ProgressLine::finish(std::string_view text) {
  show(text);
  if (line_bytes_ > 0) write_("\n");
  line_bytes_ = 0;
}

void ProgressLine::show(std::string_view text) {
  if (!options_.terminal.is_terminal) {
    write_(std::string(text) + "\n");
    return;
  }
  // A line that reaches the last column would wrap, and then the beginning cannot be reached any
  // more.
  const std::string_view visible = text.substr(0, options_.terminal.columns - 1);
  std::string line = "\r" + std::string(visible);
  if (visible.size() < line_bytes_) line.append(line_bytes_ - visible.size(), ' ');
  write_(line);
  line_bytes_ = visible.size();
}

}  // namespace relay
