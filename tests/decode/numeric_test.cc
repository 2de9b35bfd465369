#include "decode/numeric.h"

#include <array>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/seed.h"

namespace relay {
namespace {

using namespace std::string_literals;

Decimal128 decimal(const char* text) {
  const Bytes bytes = BsonBuilder().decimal("", text).bytes();
  return load_decimal128(bytes.data() + 6);
}

std::string encode(const Decimal128& value, int decimals = 0) {
  std::array<char, kNumericBytesMax> bytes{};
  char* const end = write_numeric(bytes.data(), value, decimals);
  return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

std::string print(const Decimal128& value, int decimals = 0) {
  std::string text;
  append_numeric_text(encode(value, decimals), text);
  return text;
}

// As `SELECT encode(numeric_send(x), 'hex')` of PostgreSQL 15 answers.
TEST(NumericTest, BytesAreWhatPostgresqlSends) {
  EXPECT_EQ(encode(decimal("0")), "\0\0\0\0\0\0\0\0"s);
  EXPECT_EQ(encode(decimal("1")), "\0\1\0\0\0\0\0\0\0\1"s);
  EXPECT_EQ(encode(decimal("-12345.678")), "\0\3\0\1\x40\0\0\3\0\1\x09\x29\x1A\x7C"s);
  EXPECT_EQ(encode(decimal("0.0001")), "\0\1\xFF\xFF\0\0\0\4\0\1"s);
  EXPECT_EQ(encode(decimal("10000")), "\0\1\0\1\0\0\0\0\0\1"s);
  EXPECT_EQ(encode(decimal("1.50")), "\0\2\0\0\0\0\0\2\0\1\x13\x88"s);
  EXPECT_EQ(encode(decimal("NaN")), "\0\0\0\0\xC0\0\0\0"s);
  EXPECT_EQ(encode(decimal("Infinity")), "\0\0\0\0\xD0\0\0\0"s);
  EXPECT_EQ(encode(decimal("-Infinity")), "\0\0\0\0\xF0\0\0\0"s);
}

TEST(NumericTest, TextsAreWhatPostgresqlPrints) {
  EXPECT_EQ(print(decimal("0")), "0");
  EXPECT_EQ(print(decimal("0.00")), "0.00");
  EXPECT_EQ(print(decimal("-12345.678")), "-12345.678");
  EXPECT_EQ(print(decimal("1E+6")), "1000000");
  EXPECT_EQ(print(decimal("1.10")), "1.10") << "trailing zeros are kept";
  EXPECT_EQ(print(decimal("0.000000123")), "0.000000123");
  EXPECT_EQ(print(decimal("5"), 2), "5.00");
  EXPECT_EQ(print(decimal("9999999999999999999999999999999999")),
            "9999999999999999999999999999999999");
  EXPECT_EQ(print(decimal("1E+6144")), "1" + std::string(6'144, '0'));
  EXPECT_EQ(print(decimal("1E-6176")), "0." + std::string(6'175, '0') + "1");
  EXPECT_EQ(print(decimal("NaN")), "NaN");
  EXPECT_EQ(print(decimal("-Infinity")), "-Infinity");
}

TEST(NumericTest, DoublesBecomeTheirShortestDecimal) {
  EXPECT_EQ(print(to_decimal(0.1)), "0.1");
  EXPECT_EQ(print(to_decimal(-2.5)), "-2.5");
  EXPECT_EQ(print(to_decimal(1e22)), "1" + std::string(22, '0'));
  EXPECT_EQ(print(to_decimal(123456789.125)), "123456789.125");
  EXPECT_EQ(print(to_decimal(5e-324)), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(to_decimal(std::nan("")).kind, Decimal128::Kind::nan);
  EXPECT_EQ(to_decimal(-HUGE_VAL).kind, Decimal128::Kind::infinite);
  EXPECT_TRUE(to_decimal(-HUGE_VAL).is_negative);
}

TEST(NumericTest, IntegersReachBothEnds) {
  EXPECT_EQ(print(to_decimal(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
  EXPECT_EQ(print(to_decimal(std::numeric_limits<std::int64_t>::max())), "9223372036854775807");
}

TEST(NumericTest, FitsWithoutRoundingOnly) {
  EXPECT_TRUE(fits_numeric(decimal("999.99"), 5, 2));
  EXPECT_FALSE(fits_numeric(decimal("1000"), 5, 2));
  EXPECT_FALSE(fits_numeric(decimal("0.001"), 5, 2));
  EXPECT_TRUE(fits_numeric(decimal("0.100"), 5, 2)) << "zeros behind the last digit are no digits";
  EXPECT_TRUE(fits_numeric(decimal("1E+2"), 5, 2));
  EXPECT_FALSE(fits_numeric(decimal("1E+3"), 5, 2));
  EXPECT_TRUE(fits_numeric(decimal("0.99"), 2, 2));
  EXPECT_FALSE(fits_numeric(decimal("1"), 2, 2));
  EXPECT_TRUE(fits_numeric(decimal("0E-6176"), 1, 0));
}

// The digits of any coefficient at any exponent come back: printed by the code under test, read by
// the standard library, for values that a double holds.
TEST(NumericTest, PrintedValuesReadBack) {
  std::mt19937_64 random(test_seed());
  for (int i = 0; i < 20'000; ++i) {
    const auto coefficient = static_cast<std::int64_t>(random() >> (random() % 63 + 1));
    Decimal128 value = to_decimal(coefficient);
    value.exponent = static_cast<std::int32_t>(random() % 40) - 20;
    value.is_negative = coefficient != 0 && random() % 2 == 0;
    const std::string expected = (value.is_negative ? "-" : "") + std::to_string(coefficient) +
                                 "e" + std::to_string(value.exponent);
    ASSERT_EQ(std::stod(print(value)), std::stod(expected)) << expected;
  }
}

}  // namespace
}  // namespace relay
