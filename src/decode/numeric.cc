#include "decode/numeric.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "decode/text_format.h"

namespace relay {
namespace {

constexpr std::uint16_t kNegative = 0x4000;
constexpr std::uint16_t kNan = 0xC000;
constexpr std::uint16_t kInfinity = 0xD000;
constexpr std::uint16_t kMinusInfinity = 0xF000;
constexpr int kDigitWidth = 4;
constexpr unsigned kDigitBase = 10'000;

char* put_u16(char* at, std::uint16_t value) {
  at[0] = static_cast<char>(value >> 8U);
  at[1] = static_cast<char>(value);
  return at + 2;
}

std::uint16_t load_u16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(static_cast<std::uint8_t>(bytes[at]))
                                        << 8U |
                                    static_cast<std::uint8_t>(bytes[at + 1]));
}

char* put_header(char* at, std::size_t digits, int weight, std::uint16_t sign, int decimals) {
  at = put_u16(at, static_cast<std::uint16_t>(digits));
  at = put_u16(at, static_cast<std::uint16_t>(weight));
  at = put_u16(at, sign);
  return put_u16(at, static_cast<std::uint16_t>(decimals));
}

int count_digits(Uint128 value) {
  int count = 0;
  for (; value != 0; value /= 10)
    ++count;
  return count;
}

void append_group(std::uint16_t digit, std::string& out) {
  for (const unsigned unit : {1'000U, 100U, 10U, 1U})
    out.push_back(static_cast<char>('0' + digit / unit % 10));
}

}  // namespace

Decimal128 to_decimal(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return {.is_negative = value < 0, .coefficient = value < 0 ? ~bits + 1 : bits};
}

Decimal128 to_decimal(double value) {
  Decimal128 decimal;
  decimal.is_negative = std::signbit(value);
  if (!std::isfinite(value)) {
    decimal.kind = std::isnan(value) ? Decimal128::Kind::nan : Decimal128::Kind::infinite;
    return decimal;
  }
  // d.dddde+xx
  std::array<char, kDoubleTextMax> text{};
  const char* const end =
      std::to_chars(
          text.data(), text.data() + text.size(), std::abs(value), std::chars_format::scientific)
          .ptr;
  const char* at = text.data();
  bool is_behind_point = false;
  for (; *at != 'e'; ++at) {
    if (*at == '.') {
      is_behind_point = true;
      continue;
    }
    decimal.coefficient = decimal.coefficient * 10 + static_cast<unsigned>(*at - '0');
    if (is_behind_point) --decimal.exponent;
  }
  int exponent = 0;
  const bool has_plus = at[1] == '+';
  std::from_chars(at + (has_plus ? 2 : 1), end, exponent);
  decimal.exponent += exponent;
  return decimal;
}

bool fits_numeric(const Decimal128& value, int precision, int scale) {
  const Decimal128 normal = normalise(value);
  if (normal.coefficient == 0) return true;
  if (-normal.exponent > scale) return false;
  return count_digits(normal.coefficient) + normal.exponent <= precision - scale;
}

char* write_numeric(char* at, const Decimal128& value, int decimals) {
  if (value.kind == Decimal128::Kind::nan) return put_header(at, 0, 0, kNan, 0);
  if (value.kind == Decimal128::Kind::infinite)
    return put_header(at, 0, 0, value.is_negative ? kMinusInfinity : kInfinity, 0);
  decimals = std::max(decimals, -value.exponent);
  if (value.coefficient == 0) return put_header(at, 0, 0, 0, decimals);
  // The lowest digit counts 10000^low: the exponent rounded down to a multiple of four.
  const int shift = ((value.exponent % kDigitWidth) + kDigitWidth) % kDigitWidth;
  int low = (value.exponent - shift) / kDigitWidth;
  Uint128 coefficient = value.coefficient;
  for (int i = 0; i < shift; ++i)
    coefficient *= 10;
  std::array<std::uint16_t, 12> digits{};  // The lowest first.
  std::size_t count = 0;
  for (; coefficient != 0; coefficient /= kDigitBase) {
    const auto digit = static_cast<std::uint16_t>(coefficient % kDigitBase);
    if (count == 0 && digit == 0) {
      ++low;
      continue;
    }
    digits[count++] = digit;
  }
  const int weight = low + static_cast<int>(count) - 1;
  at = put_header(at, count, weight, value.is_negative ? kNegative : std::uint16_t{0}, decimals);
  while (count > 0)
    at = put_u16(at, digits[--count]);
  return at;
}

void append_numeric_text(std::string_view numeric, std::string& out) {
  const std::uint16_t sign = load_u16(numeric, 4);
  if (sign == kNan || sign == kInfinity || sign == kMinusInfinity) {
    out += sign == kNan ? "NaN" : sign == kInfinity ? "Infinity" : "-Infinity";
    return;
  }
  const int count = load_u16(numeric, 0);
  const int weight = static_cast<std::int16_t>(load_u16(numeric, 2));
  const auto digit_of = [&](int power) -> std::uint16_t {
    const int index = weight - power;
    if (index < 0 || index >= count) return 0;
    return load_u16(numeric, 8 + 2 * static_cast<std::size_t>(index));
  };
  if (sign == kNegative) out.push_back('-');
  if (weight < 0 || count == 0) {
    out.push_back('0');
  } else {
    const std::size_t start = out.size();
    for (int power = weight; power >= 0; --power)
      append_group(digit_of(power), out);
    out.erase(start, out.find_first_not_of('0', start) - start);
  }
  const auto decimals = static_cast<std::size_t>(load_u16(numeric, 6));
  if (decimals == 0) return;
  out.push_back('.');
  const std::size_t end = out.size() + decimals;
  for (int power = -1; out.size() < end; --power)
    append_group(digit_of(power), out);
  out.resize(end);
}

}  // namespace relay
