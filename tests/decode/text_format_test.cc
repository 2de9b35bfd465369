#include "decode/text_format.h"

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "decode/seed.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::string double_text(double value) {
  char buffer[kDoubleTextMax + 2];
  return {buffer, write_double(buffer, value)};
}

// The definition: std::to_chars, made recognisable as a double.
std::string double_text_expected(double value) {
  char buffer[64];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

TEST(TextFormatTest, DoublesAreShortestAndRecognisable) {
  EXPECT_EQ(double_text(3), "3.0");
  EXPECT_EQ(double_text(0), "0.0");
  EXPECT_EQ(double_text(-0.0), "-0.0");
  EXPECT_EQ(double_text(0.1), "0.1");
  EXPECT_EQ(double_text(-1.5), "-1.5");
  EXPECT_EQ(double_text(1e30), "1e+30");
  EXPECT_EQ(double_text(100'000), "1e+05");
  EXPECT_EQ(double_text(123'456), "123456.0");
  EXPECT_EQ(double_text(0.0001), "1e-04");
  EXPECT_EQ(double_text(9007199254740992), "9007199254740992.0");
  EXPECT_EQ(double_text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(double_text(5e-324), "5e-324");
}

// The shortcut for few decimals must not be told from the general algorithm, least of all at its
// edges.
TEST(TextFormatTest, DoublesAgreeWithToChars) {
  std::mt19937_64 random(test_seed());
  std::uniform_int_distribution<int> decimals(0, 9);
  std::uniform_int_distribution<std::int64_t> digits(0, 2'000'000'000'000'000);
  for (int i = 0; i < 20'000; ++i) {
    const double any = std::bit_cast<double>(random());
    if (std::isfinite(any)) {
      ASSERT_EQ(double_text(any), double_text_expected(any));
    }
    const std::int64_t shift = std::uniform_int_distribution<std::int64_t>(0, 50)(random);
    double few = static_cast<double>(digits(random) >> shift) / std::pow(10.0, decimals(random));
    if (i % 3 == 1) few = std::nextafter(few, 0);
    if (i % 3 == 2) few = -few;
    ASSERT_EQ(double_text(few), double_text_expected(few));
  }
  for (const double edge : {0.001, 1e9, 100'000.0, 99'999.0, 100'010.0, 999'999'999.999999}) {
    for (const double value : {edge, std::nextafter(edge, 0), std::nextafter(edge, 1e300)}) {
      EXPECT_EQ(double_text(value), double_text_expected(value));
    }
  }
}

std::string date_text(std::int64_t ms) {
  char buffer[24];
  return {buffer, write_date(buffer, ms)};
}

TEST(TextFormatTest, DatesHaveThreeDecimalsAlways) {
  EXPECT_EQ(date_text(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(date_text(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(date_text(1'720'739'862'907), "2024-07-11T23:17:42.907Z");
  EXPECT_EQ(date_text(kDateTextMin), "0001-01-01T00:00:00.000Z");
  EXPECT_EQ(date_text(kDateTextMax), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(date_text(951'782'400'000), "2000-02-29T00:00:00.000Z");
}

TEST(TextFormatTest, DatesAgreeWithTheCalendarOfTheLibrary) {
  std::mt19937_64 random(test_seed());
  std::uniform_int_distribution<std::int64_t> instants(kDateTextMin, kDateTextMax);
  for (int i = 0; i < 5'000; ++i) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{
        std::chrono::milliseconds(instants(random))};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char expected[64];
    std::snprintf(expected,
                  sizeof expected,
                  "%04d-%02u-%02uT%02ld:%02ld:%02ld.%03ldZ",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  clock.hours().count(),
                  clock.minutes().count(),
                  clock.seconds().count(),
                  clock.subseconds().count());
    ASSERT_EQ(date_text(time.time_since_epoch().count()), expected);
  }
}

std::string base64_text(std::string_view bytes) {
  std::string out;
  TextBuffer buffer(out);
  put_base64(buffer, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  buffer.flush();
  return out;
}

TEST(TextFormatTest, Base64IsPadded) {
  EXPECT_EQ(base64_text(""), "");
  EXPECT_EQ(base64_text("f"), "Zg==");
  EXPECT_EQ(base64_text("fo"), "Zm8=");
  EXPECT_EQ(base64_text("foo"), "Zm9v");
  EXPECT_EQ(base64_text("\xff\xfe\xfd\xfc"), "//79/A==");
  EXPECT_EQ(base64_text(std::string(30'000, 'f')).size(), 40'000U);
}

// nullopt-like "(refused)" when it is.
std::string json_text(std::string_view value, NulRule nul = NulRule::refuse) {
  std::string out;
  TextBuffer buffer(out);
  if (!put_json_characters(buffer, value, nul)) return "(refused)";
  buffer.flush();
  return out;
}

// Each case at every place of a longer text, because eight bytes are looked at together.
void expect_json(std::string_view value, const std::string& expected) {
  for (std::size_t before = 0; before < 17; ++before) {
    for (const std::size_t after : {std::size_t{0}, std::size_t{1}, std::size_t{20}}) {
      const std::string head(before, 'x');
      const std::string tail(after, 'y');
      const std::string text = json_text(head + std::string(value) + tail);
      EXPECT_EQ(text, expected == "(refused)" ? expected : head + expected + tail) << before;
      EXPECT_EQ(is_utf8(head + std::string(value) + tail),
                expected != "(refused)" || value.find('\0') != std::string_view::npos);
    }
  }
}

TEST(TextFormatTest, JsonEscapesWhatItMustAndNothingElse) {
  expect_json("\"", "\\\"");
  expect_json("\\", "\\\\");
  expect_json("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
  expect_json("\x01\x1f", "\\u0001\\u001f");
  expect_json("/\x7f<>&'", "/\x7f<>&'");
  expect_json("\xe2\x80\xa8", "\xe2\x80\xa8");
  EXPECT_EQ(json_text("a\0b"s, NulRule::escape), "a\\u0000b");
  EXPECT_EQ(json_text("a\0b"s), "(refused)");
}

TEST(TextFormatTest, WellFormedUtf8IsKept) {
  for (const char* text : {"\xc2\x80",
                           "\xdf\xbf",
                           "\xe0\xa0\x80",
                           "\xed\x9f\xbf",
                           "\xee\x80\x80",
                           "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80",
                           "\xf4\x8f\xbf\xbf",
                           "\xef\xbb\xbfx"}) {
    expect_json(text, text);
  }
  std::string cyrillic;
  for (int i = 0; i < 3'000; ++i)
    cyrillic += i % 7 == 0 ? " " : "\xd1\x8a";
  EXPECT_EQ(json_text(cyrillic), cyrillic);
}

TEST(TextFormatTest, MalformedUtf8IsRefused) {
  for (const char* text : {"\x80",
                           "\xbf",
                           "\xc0\x80",
                           "\xc1\xbf",
                           "\xc2",
                           "\xc2y",
                           "\xe0\x9f\xbf",
                           "\xe2\x82",
                           "\xed\xa0\x80",
                           "\xed\xbf\xbf",
                           "\xf0\x8f\xbf\xbf",
                           "\xf0\x9f\x98",
                           "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80",
                           "\xff"}) {
    expect_json(text, "(refused)");
  }
}

TEST(TextFormatTest, UuidsAreGrouped) {
  const std::array<std::uint8_t, 16> bytes = {0x00,
                                              0x11,
                                              0x22,
                                              0x33,
                                              0x44,
                                              0x55,
                                              0x66,
                                              0x77,
                                              0x88,
                                              0x99,
                                              0xaa,
                                              0xbb,
                                              0xcc,
                                              0xdd,
                                              0xee,
                                              0xff};
  char buffer[36];
  EXPECT_EQ(std::string(buffer, write_uuid(buffer, bytes.data())),
            "00112233-4455-6677-8899-aabbccddeeff");
}

}  // namespace
}  // namespace relay
