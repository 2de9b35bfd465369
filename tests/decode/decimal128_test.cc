#include "decode/decimal128.h"

#include <limits>
#include <random>
#include <string>

#include <bson/bson.h>
#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/seed.h"

namespace relay {
namespace {

std::string value_bytes(const char* text) {
  bson_decimal128_t value;
  EXPECT_TRUE(bson_decimal128_from_string(text, &value)) << text;
  return little_endian(value.low, 8) + little_endian(value.high, 8);
}

Decimal128 load(const std::string& bytes) {
  return load_decimal128(reinterpret_cast<const std::uint8_t*>(bytes.data()));
}
Decimal128 load_text(const char* text) {
  return load(value_bytes(text));
}

std::string format(const Decimal128& value) {
  char buffer[kDecimalTextMax];
  return {buffer, write_decimal128(buffer, value)};
}

TEST(Decimal128Test, TextKeepsTrailingZerosAndSigns) {
  for (const char* text : {"0",
                           "-0",
                           "1",
                           "1.10",
                           "0.00",
                           "0E+3",
                           "-0E-3",
                           "1E+3",
                           "0.000001",
                           "1E-7",
                           "1.23E-7",
                           "123456789.5",
                           "1E-6176",
                           "0E-6176",
                           "9.999999999999999999999999999999999E+6144",
                           "-9999999999999999999999999999999999",
                           "0.1000000000000000055511151231257827",
                           "NaN",
                           "Infinity",
                           "-Infinity"}) {
    bson_decimal128_t value;
    char expected[BSON_DECIMAL128_STRING];
    ASSERT_TRUE(bson_decimal128_from_string(text, &value));
    bson_decimal128_to_string(&value, expected);
    EXPECT_EQ(format(load_text(text)), expected);
  }
}

// All 2^128 encodings, the odd ones too: non-canonical coefficients, NaN with payload.
TEST(Decimal128Test, TextAgreesWithLibbson) {
  std::mt19937_64 random(test_seed());
  int compared = 0;
  for (int i = 0; i < 50'000; ++i) {
    bson_decimal128_t value{random(), random()};
    // Small coefficients and exponents around zero are where the notation changes.
    if (i % 2 == 0)
      value.high = (value.high & 0x8000000000000000) | ((6'176 - 40 + random() % 50) << 49U);
    if (i % 4 == 0) value.low >>= random() % 64;
    const Decimal128 loaded = load(little_endian(value.low, 8) + little_endian(value.high, 8));
    // libbson prints the coefficients between 10^34 and 2^113, which stand for zero.
    if ((value.high >> 61U & 3U) != 3 && loaded.coefficient == 0 &&
        (value.high << 15U | value.low) != 0)
      continue;
    char expected[BSON_DECIMAL128_STRING];
    bson_decimal128_to_string(&value, expected);
    ASSERT_EQ(format(loaded), expected);
    ++compared;
  }
  EXPECT_GT(compared, 20'000);
}

std::string normalised(const char* text) {
  return format(normalise(load_text(text)));
}

TEST(Decimal128Test, CoefficientsAbove34DigitsAreZero) {
  const Uint128 limit = [] {
    Uint128 power = 1;
    for (int i = 0; i < 34; ++i)
      power *= 10;
    return power;
  }();
  for (const Uint128 coefficient : {limit - 1, limit}) {
    const std::uint64_t high =
        (std::uint64_t{6'176} << 49U) | static_cast<std::uint64_t>(coefficient >> 64U);
    const std::string bytes =
        little_endian(static_cast<std::uint64_t>(coefficient), 8) + little_endian(high, 8);
    EXPECT_EQ(format(load(bytes)), coefficient < limit ? std::string(34, '9') : "0");
  }
}

TEST(Decimal128Test, NormalisingRemovesTrailingZerosOnly) {
  EXPECT_EQ(normalised("0.10"), "0.1");
  EXPECT_EQ(normalised("100"), "1E+2");
  EXPECT_EQ(normalised("-0E+3"), "0");
  EXPECT_EQ(normalised("1.000000000000000000000000000000000E+6144"), "1E+6144");
  EXPECT_EQ(normalised("101"), "101");
}

std::optional<std::int64_t> integer_of(const char* text) {
  return to_int64(normalise(load_text(text)));
}

TEST(Decimal128Test, IntegersUpToTheLimitsOfInt64) {
  EXPECT_EQ(integer_of("0E+3"), 0);
  EXPECT_EQ(integer_of("-0"), 0);
  EXPECT_EQ(integer_of("1E+3"), 1'000);
  EXPECT_EQ(integer_of("-7.00"), -7);
  EXPECT_EQ(integer_of("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(integer_of("9223372036854775807.000"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(integer_of("9223372036854775808"), std::nullopt);
  EXPECT_EQ(integer_of("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(integer_of("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(integer_of("1E+18"), 1'000'000'000'000'000'000);
  EXPECT_EQ(integer_of("1E+19"), std::nullopt);
  EXPECT_EQ(integer_of("1E+6144"), std::nullopt);
  EXPECT_EQ(integer_of("1.5"), std::nullopt);
}

std::optional<double> double_of(const char* text) {
  return to_double(normalise(load_text(text)));
}

TEST(Decimal128Test, DoublesOnlyWhenTheyAreExact) {
  EXPECT_EQ(double_of("1.50"), 1.5);
  EXPECT_EQ(double_of("-0.0000152587890625"), -0.0000152587890625);
  EXPECT_EQ(double_of("0.1"), std::nullopt);
  EXPECT_EQ(double_of("0.1000000000000000055511151231257827"), std::nullopt)
      << "the double has more digits";
  EXPECT_EQ(double_of("9007199254740992"), 9007199254740992.0);
  EXPECT_EQ(double_of("9007199254740993"), std::nullopt) << "2^53 + 1";
  EXPECT_EQ(double_of("1E+22"), 1e22);
  EXPECT_EQ(double_of("1E+23"), std::nullopt) << "5^23 has 54 bits";
  EXPECT_EQ(double_of("8E+22"), 8e22);
  EXPECT_EQ(double_of("1E+30"), std::nullopt);
  EXPECT_EQ(double_of("1E+6144"), std::nullopt);
  EXPECT_EQ(double_of("1E-6176"), std::nullopt);
  // 2^-48, the smallest power of two that has 34 digits.
  EXPECT_EQ(double_of("3.552713678800500929355621337890625E-15"), 0x1p-48);
  EXPECT_EQ(double_of("3.552713678800500929355621337890626E-15"), std::nullopt);
}

}  // namespace
}  // namespace relay
