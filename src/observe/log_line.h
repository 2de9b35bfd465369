// How a log line looks: made here, written by log.cc.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "observe/log.h"

namespace relay {

struct LogEvent {
  std::chrono::system_clock::time_point time;
  LogLevel level = LogLevel::info;
  std::string_view message;
  LogFields fields;
};

// Both in one line, whatever the values hold.
std::string format_text_line(const LogEvent& event);
std::string format_json_line(const LogEvent& event);

}  // namespace relay
