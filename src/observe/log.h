// The log: one line an event, to standard error, as text or JSON.
//
//   log_info("stream opened", {{"stream", "default"}, {"position", token}});
//
//   2024-07-11T23:17:42.907Z info  stream opened stream=default position=8266...
//   {"time":"2024-07-11T23:17:42.907Z","level":"info","message":"stream
//   opened","stream":"default",...}
//
// The message is constant lower-case text; what varies is a field. No secret, document or cell
// value goes into either. Any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "core/log_level.h"

namespace relay {

// A field's value: a view, so that a line that is not written costs no copy.
class LogValue {
 public:
  // Implicit on purpose: fields are written as {"rows", 500}.
  LogValue(std::string_view text) : value_(text) {}  // NOLINT(google-explicit-constructor)
  LogValue(const std::string& text)                  // NOLINT(google-explicit-constructor)
      : value_(std::string_view(text)) {}
  LogValue(const char* text)
      : value_(std::string_view(text)) {}    // NOLINT(google-explicit-constructor)
  LogValue(bool value) : value_(value) {}    // NOLINT(google-explicit-constructor)
  LogValue(double value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  template <std::signed_integral T>
  LogValue(T value)
      : value_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  LogValue(T value)
      : value_(static_cast<std::uint64_t>(value)) {}  // NOLINT(google-explicit-constructor)

  using Variant = std::variant<std::string_view, bool, double, std::int64_t, std::uint64_t>;
  [[nodiscard]] const Variant& get() const { return value_; }

 private:
  Variant value_;
};

struct LogField {
  std::string_view key;  // [a-z_]; not "time", "level" or "message".
  LogValue value;
};
using LogFields = std::initializer_list<LogField>;

// Before the first call: info, text.
void set_log_level(LogLevel level);
void set_log_format(LogFormat format);

// Whether a line of this level would be written; for fields that are expensive to make.
bool is_logged(LogLevel level);

void log_debug(std::string_view message, LogFields fields = {});
void log_info(std::string_view message, LogFields fields = {});
void log_warn(std::string_view message, LogFields fields = {});
void log_error(std::string_view message, LogFields fields = {});

// Sends lines (without their line end) to `write` instead of standard error until it goes away. One
// call at a time reaches `write`.
class LogCapture {
 public:
  explicit LogCapture(std::function<void(std::string_view)> write);
  ~LogCapture();
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
};

// The library's version, for `relay --version`.
std::string log_library_version();

}  // namespace relay
