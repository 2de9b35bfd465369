#include "observe/log.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/version.h>

#include "observe/log_line.h"

namespace relay {
namespace {

// Hands finished lines to standard error or to a capture, one at a time.
class LineSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void capture(std::function<void(std::string_view)> write) {
    const std::scoped_lock lock(mutex_);
    write_ = std::move(write);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view line(message.payload.data(), message.payload.size());
    if (write_) {
      write_(line);
      return;
    }
    // One call: lines of several processes on one terminal stay whole.
    const std::string with_end = std::string(line) + "\n";
    std::fwrite(with_end.data(), 1, with_end.size(), stderr);
  }
  void flush_() override { std::fflush(stderr); }

 private:
  std::function<void(std::string_view)> write_;
};

struct Log {
  std::shared_ptr<LineSink> sink = std::make_shared<LineSink>();
  spdlog::logger logger{"relay", sink};
  std::atomic<LogFormat> format = LogFormat::text;
};

// Never destroyed: threads that outlive main may still log.
Log& the_log() {
  static Log& log = *new Log;
  return log;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

void write_event(LogLevel level, std::string_view message, LogFields fields) {
  Log& log = the_log();
  const spdlog::level::level_enum spdlog_level = to_spdlog(level);
  if (!log.logger.should_log(spdlog_level)) return;
  const LogEvent event{std::chrono::system_clock::now(), level, message, fields};
  const std::string line = log.format.load(std::memory_order_relaxed) == LogFormat::json
                               ? format_json_line(event)
                               : format_text_line(event);
  log.logger.log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void set_log_level(LogLevel level) {
  the_log().logger.set_level(to_spdlog(level));
}

void set_log_format(LogFormat format) {
  the_log().format.store(format, std::memory_order_relaxed);
}

bool is_logged(LogLevel level) {
  return the_log().logger.should_log(to_spdlog(level));
}

void log_debug(std::string_view message, LogFields fields) {
  write_event(LogLevel::debug, message, fields);
}
void log_info(std::string_view message, LogFields fields) {
  write_event(LogLevel::info, message, fields);
}
void log_warn(std::string_view message, LogFields fields) {
  write_event(LogLevel::warn, message, fields);
}
void log_error(std::string_view message, LogFields fields) {
  write_event(LogLevel::error, message, fields);
}

LogCapture::LogCapture(std::function<void(std::string_view)> write) {
  the_log().sink->capture(std::move(write));
}
LogCapture::~LogCapture() {
  the_log().sink->capture(nullptr);
}

std::string log_library_version() {
  return std::to_string(SPDLOG_VER_MAJOR) + "." + std::to_string(SPDLOG_VER_MINOR) + "." +
         std::to_string(SPDLOG_VER_PATCH);
}

}  // namespace relay
