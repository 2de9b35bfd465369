#include "mapping/default_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "mapping/table_name.h"

namespace relay {
namespace {

bool fits_integer(std::int64_t value, const ColumnType& type) {
  switch (type.name) {
    case TypeName::integer:
      return value >= std::numeric_limits<std::int32_t>::min() &&
             value <= std::numeric_limits<std::int32_t>::max();
    case TypeName::bigint:
      return true;
    case TypeName::double_precision: {
      const auto real = static_cast<double>(value);
      return real < 9'223'372'036'854'775'808.0 && static_cast<std::int64_t>(real) == value;
    }
    case TypeName::numeric: {
      if (type.precision == 0) return true;
      std::string digits = std::to_string(value);
      if (digits.front() == '-') digits.erase(0, 1);
      return value == 0 || static_cast<int>(digits.size()) <= type.precision - type.scale;
    }
    case TypeName::text:
    case TypeName::boolean:
    case TypeName::timestamp:
    case TypeName::uuid:
    case TypeName::bytea:
    case TypeName::json:
      break;
  }
  return false;
}

// By the digits of its shortest form, d.ddde+xx.
bool fits_numeric(double value, const ColumnType& type) {
  if (!std::isfinite(value) || (value == 0 && std::signbit(value))) return false;
  if (type.precision == 0 || value == 0) return true;
  std::array<char, 32> buffer{};
  const char* const end = std::to_chars(buffer.data(),
                                        buffer.data() + buffer.size(),
                                        std::abs(value),
                                        std::chars_format::scientific)
                              .ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), end, exponent);
  const int digits_behind_first = e > 1 ? static_cast<int>(e) - 2 : 0;
  return digits_behind_first - exponent <= type.scale &&
         exponent + 1 <= type.precision - type.scale;
}

bool fits_real(double value, const ColumnType& type) {
  if (type.name == TypeName::double_precision) return true;
  if (type.name == TypeName::numeric) return fits_numeric(value, type);
  const bool is_whole =
      value == std::trunc(value) && std::abs(value) < 9e18 && !(value == 0 && std::signbit(value));
  return is_whole && (type.name == TypeName::integer || type.name == TypeName::bigint) &&
         fits_integer(static_cast<std::int64_t>(value), type);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (is_dash ? c != '-' : !is_hex) return false;
  }
  return true;
}

}  // namespace

bool fits_default(const Literal& value, const ColumnType& type) {
  if (type.is_array) return false;
  if (std::holds_alternative<bool>(value)) return type.name == TypeName::boolean;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return fits_integer(*integer, type);
  if (const auto* real = std::get_if<double>(&value)) return fits_real(*real, type);
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (type.name == TypeName::uuid) return is_uuid(*text);
    return type.name == TypeName::text && (text->empty() || is_storable_name(*text));
  }
  constexpr std::int64_t kFirstMs = -210'866'803'200'000;  // 4714 BC, where PostgreSQL begins.
  constexpr std::int64_t kEndMs = 9'224'318'016'000'000;   // Year 294277, where it ends.
  const std::int64_t ms =
      std::get<std::chrono::sys_time<std::chrono::milliseconds>>(value).time_since_epoch().count();
  return type.name == TypeName::timestamp && ms >= kFirstMs && ms < kEndMs;
}

}  // namespace relay
