#include "observe/log_line.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace relay {
namespace {

std::string_view name_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "?";
}

std::string format_utc(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto days = std::chrono::floor<std::chrono::days>(whole);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(whole - days);
  std::array<char, 64> text{};
  std::snprintf(text.data(),
                text.size(),
                "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

template <class Number>
std::string format_number(Number number) {
  std::array<char, 40> text{};
  const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end};
}

// How many bytes the UTF-8 character at the front takes; 0 when there is none. Overlong forms,
// surrogates and code points above U+10FFFF are no characters.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  const unsigned char second_min = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned char second_max = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < second_min || byte(1) > second_max) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  return size;
}

void append_escaped_byte(std::string& out, unsigned char byte) {
  std::array<char, 8> escape{};
  std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(byte));
  out += escape.data();
}

// A JSON string. Bytes that are no UTF-8 become U+FFFD: JSON has no way to say them.
void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    const std::size_t size = character_bytes(text);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7f) {
      append_escaped_byte(out, byte);
    } else if (size == 0) {
      out += "\\ufffd";
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out.push_back('"');
}

// Bare where a reader can tell where it ends.
bool is_bare(std::string_view text) {
  if (text.empty()) return false;
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t size = character_bytes(text);
    if (size == 0 || byte <= 0x20 || byte == 0x7f || byte == '"' || byte == '=' || byte == '\\') {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

struct AppendText {
  std::string& out;

  void operator()(std::string_view text) const {
    if (is_bare(text)) {
      out.append(text);
    } else {
      append_quoted(out, text);
    }
  }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(double value) const { out += format_number(value); }
  void operator()(std::int64_t value) const { out += format_number(value); }
  void operator()(std::uint64_t value) const { out += format_number(value); }
};

struct AppendJson {
  std::string& out;

  void operator()(std::string_view text) const { append_quoted(out, text); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(double value) const {
    // JSON has no number for these.
    if (std::isfinite(value)) {
      out += format_number(value);
    } else {
      append_quoted(out, format_number(value));
    }
  }
  void operator()(std::int64_t value) const { out += format_number(value); }
  void operator()(std::uint64_t value) const { out += format_number(value); }
};

}  // namespace

std::string format_text_line(const LogEvent& event) {
  std::string out = format_utc(event.time);
  const std::string_view level = name_level(event.level);
  out.append(" ").append(level).append(6 - level.size(), ' ');
  out.append(event.message);
  for (const LogField& field : event.fields) {
    out.append(" ").append(field.key).push_back('=');
    std::visit(AppendText{out}, field.value.get());
  }
  return out;
}

std::string format_json_line(const LogEvent& event) {
  std::string out = "{\"time\":\"" + format_utc(event.time) + "\",\"level\":\"";
  out.append(name_level(event.level)).append("\",\"message\":");
  append_quoted(out, event.message);
  for (const LogField& field : event.fields) {
    out.push_back(',');
    append_quoted(out, field.key);
    out.push_back(':');
    std::visit(AppendJson{out}, field.value.get());
  }
  return out + "}";
}

}  // namespace relay
