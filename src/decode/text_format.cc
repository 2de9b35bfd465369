#include "decode/text_format.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "decode/byte_words.h"

namespace relay {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr std::array<char, 512> kHexPairs = [] {
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = kHexDigits[byte >> 4U];
    pairs[2 * byte + 1] = kHexDigits[byte & 15U];
  }
  return pairs;
}();

constexpr std::array<char, 200> kDecimalPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t n = 0; n < 100; ++n) {
    pairs[2 * n] = static_cast<char>('0' + n / 10);
    pairs[2 * n + 1] = static_cast<char>('0' + n % 10);
  }
  return pairs;
}();

char* write_two_digits(char* at, std::uint32_t value) {
  std::memcpy(at, &kDecimalPairs[std::size_t{value} * 2], 2);
  return at + 2;
}

// Documents mostly hold doubles with few decimals, and these need no general algorithm: when n /
// 10^6 rounds to the value and n has at most 15 digits, no other decimal of up to 15 digits reads
// back to the value, so n / 10^6 without its trailing zeros is the shortest text. Below 0.001 and
// for round numbers from 100,000 on, scientific notation may be the shorter one. Returns nullptr
// for everything that is not so simple.
char* write_short_decimal(char* at, double value) {
  constexpr double kMin = 0.001;
  constexpr double kMax = 1e9;
  constexpr double kScale = 1e6;
  constexpr std::int64_t kUnit = 1'000'000;
  const double magnitude = std::abs(value);
  if (magnitude != 0 && !(magnitude >= kMin && magnitude < kMax)) return nullptr;
  const auto scaled = static_cast<std::int64_t>(magnitude * kScale + 0.5);
  if (static_cast<double>(scaled) / kScale != magnitude) return nullptr;
  const auto whole = static_cast<std::uint32_t>(scaled / kUnit);
  auto fraction = static_cast<std::uint32_t>(scaled % kUnit);
  if (fraction == 0 && whole >= 100'000 && whole % 10 == 0) return nullptr;
  if (std::signbit(value)) *at++ = '-';
  at = std::to_chars(at, at + 10, whole).ptr;
  *at++ = '.';
  std::size_t decimals = 6;
  while (decimals > 1 && fraction % 10 == 0) {
    fraction /= 10;
    --decimals;
  }
  for (std::size_t i = decimals; i-- > 0; fraction /= 10)
    at[i] = static_cast<char>('0' + fraction % 10);
  return at + decimals;
}

struct CivilDate {
  std::uint32_t year;
  std::uint32_t month;  // 1 to 12.
  std::uint32_t day;    // 1 to 31.
};

// Days since 1970-01-01 to year, month, day; for days from year 1 on. Counts from 0000-03-01 in
// eras of 400 years, so that the leap day is the last of its year.
CivilDate to_civil(std::int64_t days_since_1970) {
  const auto days = static_cast<std::uint32_t>(days_since_1970 + 719'468);
  const std::uint32_t era = days / 146'097;
  const std::uint32_t day_of_era = days % 146'097;
  const std::uint32_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::uint32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint32_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::uint32_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const std::uint32_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  return {era * 400 + year_of_era + (month <= 2 ? 1 : 0), month, day};
}

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char* write_base64_group(char* at, std::uint32_t group) {
  at[0] = kBase64Digits[group >> 18U];
  at[1] = kBase64Digits[(group >> 12U) & 63U];
  at[2] = kBase64Digits[(group >> 6U) & 63U];
  at[3] = kBase64Digits[group & 63U];
  return at + 4;
}

bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0U) == 0x80;
}

// Bytes of the well-formed sequence at `at`, whose first byte is not ASCII; 0: there is none.
// The second byte decides about overlong forms (E0 80..9F, F0 80..8F), surrogates (ED A0..BF) and
// code points above U+10FFFF (F4 90..).
std::size_t measure_utf8(const std::uint8_t* at, std::size_t left) {
  const std::uint8_t first = at[0];
  if (first < 0xC2 || first > 0xF4 || left < 2) return 0;
  const std::uint8_t second = at[1];
  if (first < 0xE0) return is_continuation(second) ? 2 : 0;
  if (left < 3 || !is_continuation(second) || !is_continuation(at[2])) return 0;
  if (first < 0xF0) {
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    return 3;
  }
  if (left < 4 || !is_continuation(at[3])) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return 4;
}

// Second character of the two-character escapes; 0: written as \u00XX, 1: needs no escape.
constexpr std::array<char, 128> kEscapes = [] {
  std::array<char, 128> escapes{};
  for (std::size_t c = 0x20; c < 128; ++c)
    escapes[c] = 1;
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  return escapes;
}();

// An ASCII character, escaped when it must be; up to 6 bytes.
char* write_ascii(char* at, std::uint8_t c) {
  const char escape = kEscapes[c];
  if (escape == 1) {
    *at++ = static_cast<char>(c);
    return at;
  }
  *at++ = '\\';
  if (escape != 0) {
    *at++ = escape;
    return at;
  }
  std::memcpy(at, "u00", 3);
  return write_hex(at + 3, &c, 1);
}

}  // namespace

char* write_double_shortest(char* at, double value) {
  return std::to_chars(at, at + kDoubleTextMax, value).ptr;
}

char* write_double(char* at, double value) {
  if (char* end = write_short_decimal(at, value)) return end;
  char* const end = write_double_shortest(at, value);
  for (const char* c = at; c != end; ++c) {
    if (*c == '.' || *c == 'e') return end;
  }
  std::memcpy(end, ".0", 2);
  return end + 2;
}

std::string_view name_non_finite(double value) {
  if (std::isnan(value)) return "NaN";
  return value > 0 ? "Infinity" : "-Infinity";
}

char* write_hex(char* at, const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    std::memcpy(at + 2 * i, &kHexPairs[std::size_t{bytes[i]} * 2], 2);
  return at + 2 * size;
}

char* write_uuid(char* at, const std::uint8_t* bytes) {
  at = write_hex(at, bytes, 4);
  for (const std::size_t start : {std::size_t{4}, std::size_t{6}, std::size_t{8}}) {
    *at++ = '-';
    at = write_hex(at, bytes + start, 2);
  }
  *at++ = '-';
  return write_hex(at, bytes + 10, 6);
}

char* write_date(char* at, std::int64_t ms) {
  constexpr std::int64_t kDayMs = 86'400'000;
  std::int64_t days = ms / kDayMs;
  std::int64_t rest = ms % kDayMs;
  if (rest < 0) {
    rest += kDayMs;
    --days;
  }
  const CivilDate date = to_civil(days);
  const auto ms_of_day = static_cast<std::uint32_t>(rest);
  at = write_two_digits(at, date.year / 100);
  at = write_two_digits(at, date.year % 100);
  *at++ = '-';
  at = write_two_digits(at, date.month);
  *at++ = '-';
  at = write_two_digits(at, date.day);
  *at++ = 'T';
  at = write_two_digits(at, ms_of_day / 3'600'000);
  *at++ = ':';
  at = write_two_digits(at, ms_of_day / 60'000 % 60);
  *at++ = ':';
  at = write_two_digits(at, ms_of_day / 1'000 % 60);
  *at++ = '.';
  *at++ = static_cast<char>('0' + ms_of_day / 100 % 10);
  at = write_two_digits(at, ms_of_day % 100);
  *at++ = 'Z';
  return at;
}

void put_base64(TextBuffer& text, const std::uint8_t* bytes, std::size_t size) {
  std::size_t i = 0;
  while (size - i >= 3) {
    char* at = text.room(256);
    for (int group = 0; group < 64 && size - i >= 3; ++group, i += 3) {
      at = write_base64_group(
          at, std::uint32_t{bytes[i]} << 16U | std::uint32_t{bytes[i + 1]} << 8U | bytes[i + 2]);
    }
    text.advance_to(at);
  }
  if (i == size) return;
  const bool has_two = size - i == 2;
  char* at = text.room(4);
  char* const end = write_base64_group(
      at, std::uint32_t{bytes[i]} << 16U | (has_two ? std::uint32_t{bytes[i + 1]} << 8U : 0U));
  at[3] = '=';
  if (!has_two) at[2] = '=';
  text.advance_to(end);
}

bool put_json_characters(TextBuffer& text, std::string_view value, NulRule nul) {
  // Room asked for before each step: a word, one escaped character, or a run of sequences.
  constexpr std::size_t kStepRoom = 64;
  const auto* at = reinterpret_cast<const std::uint8_t*>(value.data());
  const std::uint8_t* const end = at + value.size();
  while (at != end) {
    char* to = text.room(kStepRoom);
    const auto left = static_cast<std::size_t>(end - at);
    if (left >= 8) {
      const std::uint64_t special = special_bytes(load_u64(at));
      std::memcpy(to, at, 8);
      const std::size_t plain =
          special == 0 ? 8 : static_cast<std::size_t>(std::countr_zero(special)) / 8;
      at += plain;
      text.advance_to(to + plain);
      if (special == 0) continue;
      to = text.room(kStepRoom);
    }
    if (*at < 0x80) {
      if (*at == 0 && nul == NulRule::refuse) return false;
      text.advance_to(write_ascii(to, *at++));
      continue;
    }
    // Text in other scripts: stay here while it lasts, as far as the room goes.
    for (const char* const last = to + kStepRoom - 4; at != end && *at >= 0x80 && to <= last;) {
      const std::size_t size = measure_utf8(at, static_cast<std::size_t>(end - at));
      if (size == 0) return false;
      for (std::size_t i = 0; i < size; ++i)
        *to++ = static_cast<char>(at[i]);
      at += size;
    }
    text.advance_to(to);
  }
  return true;
}

bool is_utf8(std::string_view value) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(value.data());
  const std::uint8_t* const end = at + value.size();
  while (at != end) {
    const std::size_t size = *at < 0x80 ? 1 : measure_utf8(at, static_cast<std::size_t>(end - at));
    if (size == 0) return false;
    at += size;
  }
  return true;
}

bool is_storable_text(std::string_view value) {
  const auto* at = reinterpret_cast<const std::uint8_t*>(value.data());
  const std::uint8_t* const end = at + value.size();
  while (at != end) {
    const auto left = static_cast<std::size_t>(end - at);
    if (left >= 8) {
      const std::uint64_t word = load_u64(at);
      const std::uint64_t marked = (word & repeat_byte(0x80)) | zero_bytes(word);
      if (marked == 0) {
        at += 8;
        continue;
      }
      at += std::countr_zero(marked) / 8;
    }
    if (*at == 0) return false;
    const std::size_t size = *at < 0x80 ? 1 : measure_utf8(at, static_cast<std::size_t>(end - at));
    if (size == 0) return false;
    at += size;
  }
  return true;
}

}  // namespace relay
