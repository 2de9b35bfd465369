#include "decode/decimal128.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

#include "decode/byte_words.h"

namespace relay {
namespace {

constexpr std::int32_t kExponentBias = 6'176;
constexpr std::uint64_t kTenTo17 = 100'000'000'000'000'000;
constexpr Uint128 kCoefficientMax = Uint128{kTenTo17} * kTenTo17 - 1;

// 5^27 is the largest power of five in 64 bits.
constexpr std::array<std::uint64_t, 28> kPowersOfFive = [] {
  std::array<std::uint64_t, 28> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i)
    powers[i] = powers[i - 1] * 5;
  return powers;
}();

char* write_text(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* write_coefficient(char* at, Uint128 coefficient) {
  const auto high = static_cast<std::uint64_t>(coefficient / kTenTo17);
  auto low = static_cast<std::uint64_t>(coefficient % kTenTo17);
  if (high == 0) return std::to_chars(at, at + 20, low).ptr;
  at = std::to_chars(at, at + 20, high).ptr;
  for (std::size_t i = 17; i-- > 0; low /= 10)
    at[i] = static_cast<char>('0' + low % 10);
  return at + 17;
}

// d.dddE+x: the first digit, a point when more follow, the exponent with its sign.
char* write_scientific(char* at, std::string_view digits, std::int32_t exponent) {
  *at++ = digits.front();
  if (digits.size() > 1) {
    *at++ = '.';
    at = write_text(at, digits.substr(1));
  }
  *at++ = 'E';
  if (exponent >= 0) *at++ = '+';
  return std::to_chars(at, at + 6, exponent).ptr;
}

// With a point before the last `decimals` (> 0) digits, and leading zeros where there are too few.
char* write_fixed(char* at, std::string_view digits, std::size_t decimals) {
  if (digits.size() > decimals) {
    at = write_text(at, digits.substr(0, digits.size() - decimals));
    *at++ = '.';
    return write_text(at, digits.substr(digits.size() - decimals));
  }
  at = write_text(at, "0.");
  for (std::size_t i = digits.size(); i < decimals; ++i)
    *at++ = '0';
  return write_text(at, digits);
}

}  // namespace

Decimal128 load_decimal128(const std::uint8_t* bytes) {
  const std::uint64_t low = load_u64(bytes);
  const std::uint64_t high = load_u64(bytes + 8);
  Decimal128 value;
  value.is_negative = (high >> 63U) != 0;
  const auto combination = static_cast<std::uint32_t>(high >> 58U) & 31U;
  if (combination == 31) {
    value.kind = Decimal128::Kind::nan;
  } else if (combination == 30) {
    value.kind = Decimal128::Kind::infinite;
  } else if (combination >= 24) {
    // The second form's coefficient begins with 100 in binary, which is above 34 digits: zero.
    value.exponent = static_cast<std::int32_t>((high >> 47U) & 0x3FFFU) - kExponentBias;
  } else {
    value.exponent = static_cast<std::int32_t>((high >> 49U) & 0x3FFFU) - kExponentBias;
    const std::uint64_t upper = high & ((std::uint64_t{1} << 49U) - 1);
    value.coefficient = Uint128{upper} << 64U | low;
    if (value.coefficient > kCoefficientMax) value.coefficient = 0;
  }
  return value;
}

char* write_decimal128(char* at, const Decimal128& value) {
  if (value.kind == Decimal128::Kind::nan) return write_text(at, "NaN");
  if (value.is_negative) *at++ = '-';
  if (value.kind == Decimal128::Kind::infinite) return write_text(at, "Infinity");
  std::array<char, 40> buffer{};
  const char* const end = write_coefficient(buffer.data(), value.coefficient);
  const std::string_view digits(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::int32_t adjusted = value.exponent + static_cast<std::int32_t>(digits.size()) - 1;
  if (value.exponent > 0 || adjusted < -6) return write_scientific(at, digits, adjusted);
  if (value.exponent == 0) return write_text(at, digits);
  return write_fixed(at, digits, static_cast<std::size_t>(-value.exponent));
}

Decimal128 normalise(const Decimal128& value) {
  if (value.coefficient == 0) return {};
  Decimal128 result = value;
  while (result.coefficient % 10 == 0) {
    result.coefficient /= 10;
    ++result.exponent;
  }
  return result;
}

std::optional<std::int64_t> to_int64(const Decimal128& value) {
  // Normalised, so a negative exponent leaves a fraction; 10^19 is above int64.
  if (value.exponent < 0 || value.exponent > 18) return std::nullopt;
  Uint128 magnitude = value.coefficient;
  const Uint128 limit =
      Uint128{std::numeric_limits<std::int64_t>::max()} + (value.is_negative ? 1 : 0);
  for (std::int32_t i = 0; i < value.exponent && magnitude <= limit; ++i)
    magnitude *= 10;
  if (magnitude > limit) return std::nullopt;
  const auto bits = static_cast<std::uint64_t>(magnitude);
  return static_cast<std::int64_t>(value.is_negative ? ~bits + 1 : bits);
}

std::optional<double> to_double(const Decimal128& value) {
  if (value.coefficient == 0) return 0.0;
  // coefficient * 10^e = odd * 5^e * 2^(e + twos): exact in a double when odd * 5^e is an integer
  // of at most 53 bits. The power of two that remains is far inside the range of a double.
  constexpr Uint128 kMantissaLimit = Uint128{1} << 53U;
  Uint128 odd = value.coefficient;
  std::int32_t power_of_two = value.exponent;
  while (odd % 2 == 0) {
    odd /= 2;
    ++power_of_two;
  }
  if (value.exponent > 0) {
    // 5^23 has 54 bits.
    if (value.exponent > 22 || odd >= kMantissaLimit) return std::nullopt;
    odd *= kPowersOfFive[static_cast<std::size_t>(value.exponent)];
  }
  for (std::int32_t e = value.exponent; e < 0; ++e) {
    // Ends after 48 rounds at the latest: 5^49 is above 34 digits.
    if (odd % 5 != 0) return std::nullopt;
    odd /= 5;
  }
  if (odd >= kMantissaLimit) return std::nullopt;
  const double magnitude =
      std::ldexp(static_cast<double>(static_cast<std::uint64_t>(odd)), power_of_two);
  return value.is_negative ? -magnitude : magnitude;
}

}  // namespace relay
