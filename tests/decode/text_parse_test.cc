#include "decode/text_parse.h"

#include <random>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/cell_text.h"
#include "decode/seed.h"
#include "decode/text_format.h"

namespace relay {
namespace {

using namespace std::string_literals;

TEST(TextParseTest, HexAndUuid) {
  EXPECT_EQ(parse_hex(""), "");
  EXPECT_EQ(parse_hex("00fFAb"), "\0\xFF\xAB"s);
  EXPECT_EQ(parse_hex("0"), std::nullopt);
  EXPECT_EQ(parse_hex("0g"), std::nullopt);
  EXPECT_EQ(parse_uuid("00112233-4455-6677-8899-aabbccddeeff"),
            "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xAA\xBB\xCC\xDD\xEE\xFF"s);
  EXPECT_EQ(parse_uuid("00112233445566778899aabbccddeeff"), std::nullopt);
  EXPECT_EQ(parse_uuid("0011223-34455-6677-8899-aabbccddeeff"), std::nullopt);
  EXPECT_EQ(parse_uuid("00112233-4455-6677-8899-aabbccddeefg"), std::nullopt);
}

TEST(TextParseTest, Base64IsTheInverseOfWhatIsWritten) {
  std::mt19937_64 random(test_seed());
  for (std::size_t size = 0; size < 100; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes)
      byte = static_cast<char>(random());
    std::string text;
    TextBuffer buffer(text);
    put_base64(buffer, reinterpret_cast<const std::uint8_t*>(bytes.data()), size);
    buffer.flush();
    EXPECT_EQ(parse_base64(text), bytes);
  }
  for (const char* bad : {"a", "abc", "ab=c", "a===", "ab!=", "/x=="})
    EXPECT_EQ(parse_base64(bad), std::nullopt) << bad;
}

TEST(TextParseTest, TimestampsAsPostgresqlPrintsThem) {
  EXPECT_EQ(parse_timestamp("1970-01-01 00:00:00+00"), 0);
  EXPECT_EQ(parse_timestamp("2024-07-12 01:17:42.907+02"), 1'720'739'862'907);
  EXPECT_EQ(parse_timestamp("1970-01-01 00:00:00.5-05:30"), 19'800'500);
  EXPECT_EQ(parse_timestamp("1880-01-01 00:19:32+00:19:32"),
            parse_timestamp("1880-01-01 00:00:00+00"));
  EXPECT_EQ(parse_timestamp("4714-11-24 00:00:00+00 BC"), -210'866'803'200'000);
  EXPECT_EQ(parse_timestamp("294276-12-31 23:59:59.999+00"), 9'224'318'015'999'999);
  for (const char* bad : {"",
                          "infinity",
                          "1970-01-01",
                          "1970-01-01 00:00:00",
                          "1970-01-01 00:00:00.0001+00",
                          "1970-13-01 00:00:00+00",
                          "0000-01-01 00:00:00+00",
                          "1970-01-01 24:00:00+00",
                          "1970-01-01 00:00:00+00 AD",
                          "1970-01-01T00:00:00+00"})
    EXPECT_EQ(parse_timestamp(bad), std::nullopt) << bad;
}

TEST(TextParseTest, EveryTimestampReadsBack) {
  std::mt19937_64 random(test_seed());
  constexpr std::int64_t kFirstMs = -210'866'803'200'000;
  constexpr std::uint64_t kSpanMs = 9'224'318'016'000'000 - kFirstMs;
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t ms = kFirstMs + static_cast<std::int64_t>(random() % kSpanMs);
    const auto us = static_cast<std::uint64_t>(to_timestamp(ms).value());
    std::string cell;
    for (unsigned shift = 64; shift > 0; shift -= 8)
      cell.push_back(static_cast<char>(us >> (shift - 8)));
    std::string text;
    append_cell_text(cell, TypeName::timestamp, text);
    ASSERT_EQ(parse_timestamp(text), ms) << text;
  }
}

}  // namespace
}  // namespace relay
