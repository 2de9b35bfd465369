// For every type: cells that are one value have the same bytes, and the nearest other value has
// others.
#include "verify/canonical_cell.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "decode/numeric.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::string canonical(std::string_view type, CellView cell) {
  std::string out;
  append_canonical_cell(parse_column_type(type).value(), cell, TargetKind::postgresql, out);
  return out;
}

template <class Unsigned>
std::string big_endian(Unsigned value) {
  std::string bytes(sizeof value, '\0');
  for (std::size_t i = sizeof value; i-- > 0; value = static_cast<Unsigned>(value >> 8U))
    bytes[i] = static_cast<char>(value);
  return bytes;
}

std::string real(double value) {
  return big_endian(std::bit_cast<std::uint64_t>(value));
}

// `decimals`: how many are shown.
std::string numeric(std::int64_t coefficient, int exponent, int decimals) {
  Decimal128 value = to_decimal(coefficient);
  value.exponent = exponent;
  std::array<char, kNumericBytesMax> bytes{};
  char* const end = write_numeric(bytes.data(), value, decimals);
  return {bytes.data(), end};
}

TEST(CanonicalCellTest, HasTheBytesOfItsGrammar) {
  EXPECT_EQ(canonical("text", std::nullopt), "\0"s);
  EXPECT_EQ(canonical("text", "ab"), "\1\0\0\0\2ab"s);
  EXPECT_EQ(canonical("numeric", numeric(150, -2, 2)), "\1\0\0\0\5"s + "15e-1");
  EXPECT_EQ(canonical("text[]", "{a,NULL}"), "\1\0\0\0\7\1\0\0\0\1a\0"s);
}

struct Pair {
  std::string name;
  std::string type;
  std::string one;
  std::string other;
};

class CanonicalCellEqualTest : public testing::TestWithParam<Pair> {};

TEST_P(CanonicalCellEqualTest, HasTheSameBytes) {
  const auto& [name, type, one, other] = GetParam();
  EXPECT_EQ(canonical(type, one), canonical(type, other));
  EXPECT_EQ(canonical(type, one).front(), '\1') << "both are of the type";
}

INSTANTIATE_TEST_SUITE_P(
    Equal,
    CanonicalCellEqualTest,
    testing::Values(
        Pair{"TrueOfAnyByte", "boolean", "\1", "\x80"},
        Pair{"NotANumber",
             "double precision",
             real(std::nan("")),
             big_endian<std::uint64_t>(0xFFF0000000000001)},
        Pair{"ScaleOfTheColumn", "numeric(18,2)", numeric(15, -1, 1), numeric(15, -1, 2)},
        Pair{"ScaleOfTheValue", "numeric", numeric(15, 3, 0), numeric(15000, 0, 40)},
        Pair{"Json", "json", R"({"b":1.0,"a":2})", R"({"a": 2, "b": 1})"},
        Pair{"QuotesInArray", "text[]", R"({"a",NULL})", "{a,NULL}"},
        Pair{"DoubleInArray", "double precision[]", "{1e+20}", "{100000000000000000000}"},
        Pair{"NotANumberInArray", "double precision[]", "{NaN}", R"({"NaN"})"},
        Pair{"ScaleInArray", "numeric(18,2)[]", "{1.5,NULL}", "{1.50,NULL}"},
        Pair{"JsonInArray", "json[]", R"({"{\"a\":1.0}","1"})", R"({"{\"a\": 1}",1.0})"}),
    [](const auto& test) { return test.param.name; });

class CanonicalCellDifferentTest : public testing::TestWithParam<Pair> {};

TEST_P(CanonicalCellDifferentTest, HasOtherBytes) {
  const auto& [name, type, one, other] = GetParam();
  EXPECT_NE(canonical(type, one), canonical(type, other));
}

INSTANTIATE_TEST_SUITE_P(
    Different,
    CanonicalCellDifferentTest,
    testing::Values(
        Pair{"LastByteOfText", "text", "ab", "ac"},
        Pair{"BlankAtTheEnd", "text", "a", "a "},
        Pair{"Boolean", "boolean", "\1", "\0"s},
        Pair{"Integer", "integer", big_endian(7U), big_endian(6U)},
        Pair{"Bigint",
             "bigint",
             big_endian<std::uint64_t>(0x7FFFFFFFFFFFFFFF),
             big_endian<std::uint64_t>(0x7FFFFFFFFFFFFFFE)},
        Pair{"LastBitOfDouble", "double precision", real(0.1), real(std::nextafter(0.1, 1.0))},
        Pair{"SignOfZero", "double precision", real(0.0), real(-0.0)},
        Pair{"SmallestDouble",
             "double precision",
             real(std::numeric_limits<double>::denorm_min()),
             real(0.0)},
        Pair{"Infinities", "double precision", real(HUGE_VAL), real(-HUGE_VAL)},
        Pair{"InfinityAndNotANumber", "double precision", real(HUGE_VAL), real(std::nan(""))},
        Pair{"LastDigitOfNumeric", "numeric", numeric(1500001, -6, 6), numeric(15, -1, 6)},
        Pair{"SignOfNumeric", "numeric", numeric(1, 0, 0), numeric(-1, 0, 0)},
        Pair{"PowerOfNumeric", "numeric", numeric(1, 6000, 0), numeric(1, 6001, 0)},
        Pair{"Microsecond",
             "timestamp with time zone",
             big_endian<std::uint64_t>(1'000),
             big_endian<std::uint64_t>(1'001)},
        Pair{"LastBitOfUuid", "uuid", std::string(16, 'a'), std::string(15, 'a') + "`"},
        Pair{"LengthOfBytea", "bytea", "a", "a\0"s},
        Pair{"LastDigitInJson", "json", R"({"a":1.1})", R"({"a":1.2})"},
        Pair{"LastBitInArray", "double precision[]", "{0.1}", "{0.10000000000000002}"},
        Pair{"SignOfZeroInArray", "double precision[]", "{0}", "{-0}"},
        Pair{"LastDigitInArray", "numeric[]", "{1.50}", "{1.51}"},
        Pair{"MicrosecondInArray",
             "timestamp with time zone[]",
             R"({"2024-07-11 23:17:42.907+00"})",
             R"({"2024-07-11 23:17:42.907001+00"})"},
        Pair{"NullInArray", "text[]", "{NULL}", R"({"NULL"})"},
        Pair{"NullAtTheEnd", "integer[]", "{1}", "{1,NULL}"},
        Pair{"EmptyArrayAndEmptyText", "text[]", "{}", R"({""})"},
        Pair{"BoundsOfElements", "text[]", "{ab,c}", "{a,bc}"}),
    [](const auto& test) { return test.param.name; });

TEST(CanonicalCellTest, NullIsNotEmpty) {
  for (const char* type : {"text", "bytea"})
    EXPECT_NE(canonical(type, std::nullopt), canonical(type, ""));
  EXPECT_NE(canonical("text[]", std::nullopt), canonical("text[]", "{}"));
  EXPECT_NE(canonical("json", std::nullopt), canonical("json", "null"));
}

// Somebody else has written it: it differs from every row of the source, and from other such cells.
TEST(CanonicalCellTest, WhatIsNotOfTheTypeIsKeptAsItCame) {
  for (const char* type :
       {"boolean", "integer", "bigint", "double precision", "numeric", "uuid", "json"})
    EXPECT_EQ(canonical(type, "abc"), "\2\0\0\0\3"s + "abc") << type;
  const std::string cut = numeric(15, -1, 1).substr(0, 10);
  EXPECT_EQ(canonical("numeric", cut), "\2\0\0\0\12"s + cut);
  EXPECT_EQ(canonical("integer[]", "{{1}}"), "\2\0\0\0\5{{1}}"s);
  EXPECT_EQ(canonical("double precision[]", "{1x}"), "\1\0\0\0\7\2\0\0\0\2"s + "1x");
}

}  // namespace
}  // namespace relay
