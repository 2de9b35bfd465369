#include "config/value_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::milliseconds;

struct DurationCase {
  std::string name;
  std::string text;
  std::optional<std::int64_t> ms;
};

class DurationTest : public testing::TestWithParam<DurationCase> {};

TEST_P(DurationTest, IsReadOrRefused) {
  const std::optional<milliseconds> parsed = parse_duration(GetParam().text);
  ASSERT_EQ(parsed.has_value(), GetParam().ms.has_value());
  if (parsed) {
    EXPECT_EQ(parsed->count(), *GetParam().ms);
  }
}

INSTANTIATE_TEST_SUITE_P(
    ValueText,
    DurationTest,
    testing::Values(DurationCase{"Milliseconds", "500ms", 500},
                    DurationCase{"Seconds", "5s", 5'000},
                    DurationCase{"Minutes", "2m", 120'000},
                    DurationCase{"Hours", "1h", 3'600'000},
                    DurationCase{"Zero", "0s", 0},
                    DurationCase{"Largest", "9223372036854775807ms", 9'223'372'036'854'775'807},
                    DurationCase{"OneAboveTheLargest", "9223372036854775808ms", std::nullopt},
                    DurationCase{"LargestSeconds", "9223372036854775s", 9'223'372'036'854'775'000},
                    DurationCase{"OneSecondAbove", "9223372036854776s", std::nullopt},
                    DurationCase{"NoUnit", "5", std::nullopt},
                    DurationCase{"NoNumber", "s", std::nullopt},
                    DurationCase{"Empty", "", std::nullopt},
                    DurationCase{"Negative", "-5s", std::nullopt},
                    DurationCase{"Plus", "+5s", std::nullopt},
                    DurationCase{"Fraction", "1.5s", std::nullopt},
                    DurationCase{"Blank", "5 s", std::nullopt},
                    DurationCase{"UpperCase", "5S", std::nullopt},
                    DurationCase{"Days", "1d", std::nullopt},
                    DurationCase{"Tail", "5s ", std::nullopt}),
    [](const auto& test) { return test.param.name; });

struct SizeCase {
  std::string name;
  std::string text;
  std::optional<std::int64_t> bytes;
};

class SizeTest : public testing::TestWithParam<SizeCase> {};

TEST_P(SizeTest, IsReadOrRefused) {
  EXPECT_EQ(parse_size(GetParam().text), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(
    ValueText,
    SizeTest,
    testing::Values(SizeCase{"Bytes", "100B", 100},
                    SizeCase{"Kib", "64KiB", 65'536},
                    SizeCase{"Mib", "8MiB", 8'388'608},
                    SizeCase{"Gib", "1GiB", 1'073'741'824},
                    SizeCase{"LargestGib", "8589934591GiB", 9'223'372'035'781'033'984},
                    SizeCase{"OneGibAbove", "8589934592GiB", std::nullopt},
                    SizeCase{"Decimal", "8MB", std::nullopt},
                    SizeCase{"NoUnit", "8", std::nullopt},
                    SizeCase{"Negative", "-1B", std::nullopt},
                    SizeCase{"Empty", "", std::nullopt}),
    [](const auto& test) { return test.param.name; });

TEST(ValueTextTest, WhatIsFormattedReadsBackTheSame) {
  for (const std::int64_t value :
       {0LL, 1LL, 999LL, 1'000LL, 60'000LL, 90'000LL, 3'600'000LL, 1'024LL}) {
    EXPECT_EQ(parse_duration(format_duration(milliseconds(value))), milliseconds(value));
    EXPECT_EQ(parse_size(format_size(value)), value);
  }
  EXPECT_EQ(format_duration(milliseconds(120'000)), "2m");
  EXPECT_EQ(format_duration(milliseconds(0)), "0ms");
  EXPECT_EQ(format_size(8'388'608), "8MiB");
  EXPECT_EQ(format_size(1'025), "1025B");
}

struct TimeCase {
  std::string name;
  std::string text;
  std::optional<std::string> formatted;
};

class TimeTest : public testing::TestWithParam<TimeCase> {};

TEST_P(TimeTest, IsReadOrRefused) {
  const auto parsed = parse_time(GetParam().text);
  ASSERT_EQ(parsed.has_value(), GetParam().formatted.has_value());
  if (parsed) {
    EXPECT_EQ(format_time(*parsed), *GetParam().formatted);
  }
}

INSTANTIATE_TEST_SUITE_P(
    ValueText,
    TimeTest,
    testing::Values(
        TimeCase{"Utc", "2024-07-11T23:17:42Z", "2024-07-11T23:17:42Z"},
        TimeCase{"Milliseconds", "2024-07-11T23:17:42.907Z", "2024-07-11T23:17:42.907Z"},
        TimeCase{"OneDigit", "2024-07-11T23:17:42.9Z", "2024-07-11T23:17:42.900Z"},
        TimeCase{"Nanoseconds", "2024-07-11T23:17:42.907999999Z", "2024-07-11T23:17:42.907Z"},
        TimeCase{"Blank", "2024-07-11 23:17:42Z", "2024-07-11T23:17:42Z"},
        TimeCase{"NoSeconds", "2024-07-11T23:17Z", "2024-07-11T23:17:00Z"},
        TimeCase{"East", "2024-07-12T01:17:42+02:00", "2024-07-11T23:17:42Z"},
        TimeCase{"West", "2024-07-11T20:17:42-0300", "2024-07-11T23:17:42Z"},
        TimeCase{"LeapDay", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
        TimeCase{"NoLeapDay", "2023-02-29T00:00:00Z", std::nullopt},
        TimeCase{"NoZone", "2024-07-11T23:17:42", std::nullopt},
        TimeCase{"DateOnly", "2024-07-11", std::nullopt},
        TimeCase{"Hour24", "2024-07-11T24:00:00Z", std::nullopt},
        TimeCase{"Minute60", "2024-07-11T23:60:00Z", std::nullopt},
        TimeCase{"Second60", "2024-07-11T23:59:60Z", std::nullopt},
        TimeCase{"Month13", "2024-13-11T23:17:42Z", std::nullopt},
        TimeCase{"PointWithoutDigits", "2024-07-11T23:17:42.Z", std::nullopt},
        TimeCase{"Tail", "2024-07-11T23:17:42Zx", std::nullopt},
        TimeCase{"Empty", "", std::nullopt}),
    [](const auto& test) { return test.param.name; });

TEST(ValueTextTest, QuotedTextIsOneShortLine) {
  EXPECT_EQ(quote_briefly("a\nb\"c\\"), R"("a\x0ab\"c\\")");
  EXPECT_EQ(quote_briefly(std::string(100, 'x')), "\"" + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace relay
