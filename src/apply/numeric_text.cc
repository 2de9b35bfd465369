#include "apply/numeric_text.h"

#include <algorithm>
#include <cstdint>

#include "core/check.h"

namespace relay {
namespace {

constexpr std::size_t kHeaderBytes = 8;
constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kNan = 0xC000;
constexpr std::uint16_t kInfinite = 0xD000;
constexpr std::uint16_t kNegativeInfinite = 0xF000;

std::uint16_t read_uint16(std::string_view cell, std::size_t at) {
  CHECK(at + 2 <= cell.size(), "a numeric has all its digits");
  return static_cast<std::uint16_t>(static_cast<unsigned char>(cell[at]) << 8U |
                                    static_cast<unsigned char>(cell[at + 1]));
}

// Base 10,000: four decimal digits.
void append_group(std::string& text, unsigned group) {
  for (const unsigned divisor : {1'000U, 100U, 10U, 1U})
    text.push_back(static_cast<char>('0' + group / divisor % 10));
}

}  // namespace

NumericText read_numeric(std::string_view cell) {
  const int group_count = read_uint16(cell, 0);
  const int weight = static_cast<std::int16_t>(read_uint16(cell, 2));
  const std::uint16_t sign = read_uint16(cell, 4);
  if (sign == kNan) return {.is_finite = false, .text = "NaN"};
  if (sign == kInfinite) return {.is_finite = false, .text = "Infinity"};
  if (sign == kNegativeInfinite) return {.is_finite = false, .text = "-Infinity"};
  const auto group = [&](int index) -> unsigned {
    if (index < 0 || index >= group_count) return 0;
    return read_uint16(cell, kHeaderBytes + 2 * static_cast<std::size_t>(index));
  };
  std::string digits;
  for (int i = 0; i <= weight; ++i)
    append_group(digits, group(i));
  std::string fraction;
  for (int i = weight + 1; i < group_count; ++i)
    append_group(fraction, group(i));
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = sign == kNegative ? "-" : "";
  text += digits.empty() ? "0" : digits;
  if (!fraction.empty()) text += "." + fraction;
  return {.is_finite = true, .text = text};
}

std::string scientific_text(std::string_view decimal) {
  std::string sign;
  if (decimal.starts_with('-')) {
    sign = "-";
    decimal.remove_prefix(1);
  }
  const std::size_t point = std::min(decimal.find('.'), decimal.size());
  std::string digits(decimal.substr(0, point));
  int exponent = 0;
  if (point < decimal.size()) {
    digits += decimal.substr(point + 1);
    exponent = -static_cast<int>(decimal.size() - point - 1);
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  const int adjusted = exponent + static_cast<int>(digits.size()) - 1;
  constexpr int kPlainMin = -6;
  if (exponent <= 0 && adjusted >= kPlainMin) return sign + std::string(decimal);
  std::string text = sign + digits.substr(0, 1);
  if (digits.size() > 1) text += "." + digits.substr(1);
  return text + "E" + (adjusted < 0 ? "" : "+") + std::to_string(adjusted);
}

}  // namespace relay
