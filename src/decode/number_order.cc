#include "decode/number_order.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "decode/decimal128.h"
#include "decode/numeric.h"

namespace relay {
namespace {

// 0.d1d2d3... * 10^exponent, d1 not 0 and no zeros at the end; no digits: zero.
struct Digits {
  bool is_negative = false;
  std::string digits{};
  int exponent = 0;
};

Digits tidy(Digits value) {
  const std::size_t first = std::min(value.digits.find_first_not_of('0'), value.digits.size());
  value.digits.erase(0, first);
  value.exponent -= static_cast<int>(first);
  value.digits.erase(value.digits.find_last_not_of('0') + 1);
  if (value.digits.empty()) return {};
  return value;
}

Digits expand(const Decimal128& value) {
  Digits result{.is_negative = value.is_negative};
  for (Uint128 rest = value.coefficient; rest != 0; rest /= 10)
    result.digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  std::ranges::reverse(result.digits);
  result.exponent = static_cast<int>(result.digits.size()) + value.exponent;
  return tidy(std::move(result));
}

// All the digits a double has: at most 767.
Digits expand(double value) {
  constexpr int kDigitsMax = 766;  // Behind the point.
  std::array<char, 800> text{};
  const char* const end = std::to_chars(text.data(),
                                        text.data() + text.size(),
                                        std::abs(value),
                                        std::chars_format::scientific,
                                        kDigitsMax)
                              .ptr;
  const std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
  const std::size_t e = all.find('e');
  Digits result{.is_negative = std::signbit(value)};
  result.digits.push_back(all.front());
  result.digits += all.substr(2, e - 2);
  const std::size_t number = e + (all[e + 1] == '+' ? 2U : 1U);
  std::from_chars(all.data() + number, end, result.exponent);
  ++result.exponent;
  return tidy(std::move(result));
}

std::partial_ordering compare_digits(const Digits& a, const Digits& b) {
  if (a.digits.empty() && b.digits.empty()) return std::partial_ordering::equivalent;
  const auto sign = [](const Digits& value) {
    return value.digits.empty() ? 0 : value.is_negative ? -1 : 1;
  };
  if (sign(a) != sign(b)) return sign(a) <=> sign(b);
  const Digits& first = a.is_negative ? b : a;  // Of two negative numbers the larger is the less.
  const Digits& second = a.is_negative ? a : b;
  if (first.exponent != second.exponent) return first.exponent <=> second.exponent;
  return first.digits <=> second.digits;
}

// Of finite doubles and int64s.
std::partial_ordering compare_mixed(double real, std::int64_t integer) {
  constexpr double kTwoTo63 = 9'223'372'036'854'775'808.0;
  if (real >= kTwoTo63) return std::partial_ordering::greater;
  if (real < -kTwoTo63) return std::partial_ordering::less;
  const double whole = std::trunc(real);
  const auto truncated = static_cast<std::int64_t>(whole);
  if (truncated != integer) return truncated <=> integer;
  return real <=> whole;
}

std::partial_ordering compare_doubles(double a, double b) {
  if (std::isnan(a) && std::isnan(b)) return std::partial_ordering::equivalent;
  return a <=> b;
}

std::partial_ordering compare_decimal(const Decimal128& decimal, double other) {
  const double infinite = decimal.is_negative ? -HUGE_VAL : HUGE_VAL;
  if (decimal.kind == Decimal128::Kind::nan) return compare_doubles(std::nan(""), other);
  if (decimal.kind == Decimal128::Kind::infinite) return compare_doubles(infinite, other);
  if (!std::isfinite(other)) return compare_doubles(0.0, other);
  return compare_digits(expand(decimal), expand(other));
}

}  // namespace

std::partial_ordering compare_number(const BsonElement& field, std::int64_t other) {
  if (field.type == BsonType::int32) return std::int64_t{load_i32(field.value_at)} <=> other;
  if (field.type == BsonType::int64) return load_i64(field.value_at) <=> other;
  if (field.type == BsonType::double_) {
    const double real = load_double(field.value_at);
    if (!std::isfinite(real)) return compare_doubles(real, 0.0);
    return compare_mixed(real, other);
  }
  const Decimal128 decimal = load_decimal128(field.value_at);
  if (decimal.kind != Decimal128::Kind::finite) return compare_decimal(decimal, 0.0);
  return compare_digits(expand(decimal), expand(to_decimal(other)));
}

std::partial_ordering compare_number(const BsonElement& field, double other) {
  if (field.type == BsonType::double_) return compare_doubles(load_double(field.value_at), other);
  if (field.type == BsonType::decimal128)
    return compare_decimal(load_decimal128(field.value_at), other);
  const std::int64_t integer =
      field.type == BsonType::int32 ? load_i32(field.value_at) : load_i64(field.value_at);
  if (!std::isfinite(other)) return compare_doubles(0.0, other);
  return 0 <=> compare_mixed(other, integer);
}

}  // namespace relay
