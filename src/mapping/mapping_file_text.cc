// The part of mapping_file.h that writes.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "mapping/field_path.h"
#include "mapping/mapping_file.h"

namespace relay {
namespace {

// A TOML basic string.
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

std::string format_real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> buffer{};
  const char* const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// 2024-07-11T23:17:42.907Z
std::string format_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
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

struct FormatLiteral {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return format_real(value); }
  std::string operator()(const std::string& value) const { return quote(value); }
  std::string operator()(std::chrono::sys_time<std::chrono::milliseconds> value) const {
    return format_time(value);
  }
};

}  // namespace

std::string format_mapping_file(const MappingFile& file) {
  std::string out;
  if (file.rest) out += "rest = " + quote(*file.rest) + "\n";
  out += "columns = [\n";
  for (const ColumnMapping& column : file.columns) {
    out += "  { name = " + quote(column.name) + ", path = " + quote(format_path(column.path)) +
           ", type = " + quote(format_column_type(column.type));
    if (column.is_key) out += ", key = true";
    if (column.default_value)
      out += ", default = " + std::visit(FormatLiteral{}, *column.default_value);
    out += " },\n";
  }
  return out + "]\n";
}

}  // namespace relay
