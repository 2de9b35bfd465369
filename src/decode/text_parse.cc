#include "decode/text_parse.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace relay {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Takes digits off the front: at least `least`, at most `most`.
std::optional<std::int64_t> take_digits(std::string_view& text,
                                        std::size_t least,
                                        std::size_t most) {
  std::size_t count = 0;
  std::int64_t value = 0;
  for (; count < text.size() && count < most && text[count] >= '0' && text[count] <= '9'; ++count)
    value = value * 10 + (text[count] - '0');
  if (count < least) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

// Days since 1970-01-01, proleptic Gregorian; year 0 is 1 BC.
std::int64_t to_days(std::int64_t year, std::int64_t month, std::int64_t day) {
  if (month <= 2) --year;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year -
         719'468;
}

// hh:mm:ss with a fraction; milliseconds.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2, 2);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_digits(text, 2, 2);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_digits(text, 2, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  std::int64_t us = 0;
  if (take(text, ".")) {
    const std::size_t size = text.size();
    const auto fraction = take_digits(text, 1, 6);
    if (!fraction) return std::nullopt;
    us = *fraction;
    for (std::size_t digits = size - text.size(); digits < 6; ++digits)
      us *= 10;
  }
  if (us % 1'000 != 0) return std::nullopt;
  return ((*hour * 60 + *minute) * 60 + *second) * 1'000 + us / 1'000;
}

// +02, -05:30, +00:19:32; seconds.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  const bool is_negative = text.starts_with('-');
  if (!is_negative && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2, 2);
  if (!hours) return std::nullopt;
  std::int64_t seconds = *hours * 3'600;
  for (const std::int64_t unit : {60, 1}) {
    if (!take(text, ":")) break;
    const auto part = take_digits(text, 2, 2);
    if (!part) return std::nullopt;
    seconds += *part * unit;
  }
  return is_negative ? -seconds : seconds;
}

}  // namespace

std::optional<std::string> parse_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash != (text[i] == '-')) return std::nullopt;
    if (!is_dash) digits.push_back(text[i]);
  }
  return parse_hex(digits);
}

std::optional<std::string> parse_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  unsigned bits = 0;
  int bit_count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6U | static_cast<unsigned>(value);
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes.push_back(static_cast<char>(bits >> static_cast<unsigned>(bit_count)));
    bits &= (1U << static_cast<unsigned>(bit_count)) - 1;
  }
  return bits == 0 ? std::optional(bytes) : std::nullopt;
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  const bool is_before_christ = text.ends_with(" BC");
  if (is_before_christ) text.remove_suffix(3);
  const auto year = take_digits(text, 4, 6);
  if (!year || *year == 0 || !take(text, "-")) return std::nullopt;
  const auto month = take_digits(text, 2, 2);
  if (!month || *month < 1 || *month > 12 || !take(text, "-")) return std::nullopt;
  const auto day = take_digits(text, 2, 2);
  if (!day || *day < 1 || *day > 31 || !take(text, " ")) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::int64_t days = to_days(is_before_christ ? 1 - *year : *year, *month, *day);
  return days * kDayMs + *time - *offset * 1'000;
}

}  // namespace relay
