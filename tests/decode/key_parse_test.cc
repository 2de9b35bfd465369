#include "decode/key_parse.h"

#include <cmath>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/cell_text.h"
#include "decode/fit_table.h"
#include "decode/key_text.h"

namespace relay {
namespace {

using namespace std::string_literals;

ColumnType type(const char* text) {
  return parse_column_type(text).value();
}

// The key text of the `_id` that a column's text stands for; "none".
std::string key_of(const char* key_type, std::string_view column_text) {
  std::string document;
  if (!parse_key(type(key_type), column_text, document)) return "none";
  std::string key;
  EXPECT_TRUE(append_key_text(Bytes(document.begin(), document.end()), key));
  return key;
}

// Through the column and back: the key text of what comes back.
void expect_back(const char* key_type, const BsonBuilder& document) {
  const Bytes bytes = document.bytes();
  std::string expected;
  ASSERT_TRUE(append_key_text(bytes, expected));
  BsonReader reader;
  BsonElement id;
  ASSERT_TRUE(reader.open(bytes) && reader.next(id) == BsonReader::Step::element);
  Cell cell;
  ASSERT_EQ(convert(id, {.type = type(key_type), .is_key = true}, cell), Rejection::none)
      << expected;
  std::string column_text;
  append_cell_text(cell.bytes(), type(key_type).name, column_text);
  EXPECT_EQ(key_of(key_type, column_text), expected) << column_text;
}

TEST(KeyParseTest, TypedKeysReadBack) {
  expect_back("boolean", BsonBuilder().boolean("_id", true));
  expect_back("boolean", BsonBuilder().boolean("_id", false));
  expect_back("integer", BsonBuilder().int32("_id", -7));
  expect_back("bigint", BsonBuilder().int64("_id", std::numeric_limits<std::int64_t>::min()));
  expect_back("bigint", BsonBuilder().real("_id", 5));
  for (const double value : {0.0, 0.1, -1e300, 5e-324, 1e22, 1e23, HUGE_VAL, -HUGE_VAL})
    expect_back("double precision", BsonBuilder().real("_id", value));
  expect_back("double precision", BsonBuilder().real("_id", NAN));
  for (const char* value : {"0",
                            "1.10",
                            "-0.1",
                            "1E+6144",
                            "1E-6176",
                            "12E+6110",
                            "NaN",
                            "Infinity",
                            "-Infinity",
                            "9999999999999999999999999999999999"})
    expect_back("numeric", BsonBuilder().decimal("_id", value));
  expect_back("numeric", BsonBuilder().real("_id", 0.5));
  expect_back("numeric", BsonBuilder().int64("_id", std::numeric_limits<std::int64_t>::max()));
  expect_back("uuid", BsonBuilder().binary("_id", 4, std::string(15, '\x12') + "\xFF"));
  expect_back("bytea", BsonBuilder().binary("_id", 0, "\0\xFF"s));
  expect_back("bytea", BsonBuilder().binary("_id", 0, ""));
  for (const std::int64_t ms :
       {0L, -1L, 1'720'739'862'907L, -210'866'803'200'000L, 9'224'318'015'999'999L})
    expect_back("timestamp with time zone", BsonBuilder().date("_id", ms));
}

TEST(KeyParseTest, TextsThatAreNoKeyAreRefused) {
  for (const char* bad : {"1.0",
                          "-0.0",
                          "-0",
                          "1e5",
                          "\"a\"",
                          "{\"$oid\":\"507f1f77bcf86cd799439011\"}",
                          "{",
                          "[1 ]",
                          "{\"a\": 1}",
                          "\"1",
                          "{\"$numberDecimal\":\"0.10\"}",
                          "{\"$numberDouble\":\"1\"}",
                          "{\"$binary\":{\"base64\":\"\"}}",
                          "{\"$date\":5}",
                          "{\"$code\":\"a\",\"$scope\":5}",
                          "{\"$uuid\":\"x\"}",
                          "{\"$x\":1}"})
    EXPECT_EQ(key_of("text", bad), "none") << bad;
  EXPECT_EQ(key_of("text", "01e"), "01e") << "a string";
  EXPECT_EQ(key_of("text", ""), "");
  EXPECT_EQ(key_of("boolean", "yes"), "none");
  EXPECT_EQ(key_of("bigint", "9223372036854775808"), "none");
  EXPECT_EQ(key_of("bigint", "5x"), "none");
  EXPECT_EQ(key_of("numeric", "12345678901234567890123456789012345"), "none");
  EXPECT_EQ(key_of("numeric", ""), "none");
  EXPECT_EQ(key_of("double precision", "1e999"), "none");
  EXPECT_EQ(key_of("timestamp with time zone", "infinity"), "none");
  EXPECT_EQ(key_of("bytea", "00"), "none");
  EXPECT_EQ(key_of("uuid", "5"), "none");
  EXPECT_EQ(key_of("bigint[]", "{1}"), "none");
  EXPECT_EQ(key_of("json", "1"), "none");
}

TEST(KeyParseTest, ADeepKeyReadsBackAndADeeperOneIsRefused) {
  BsonBuilder nested = BsonBuilder().int32("a", 1);
  for (std::size_t i = 1; i < kDepthMax - 1; ++i)
    nested = BsonBuilder().document("a", nested);
  const Bytes bytes = BsonBuilder().document("_id", nested).bytes();
  std::string text;
  ASSERT_TRUE(append_key_text(bytes, text));
  EXPECT_EQ(key_of("text", text), text);
  EXPECT_EQ(key_of("text", std::string(1'000, '[') + std::string(1'000, ']')), "none");
}

}  // namespace
}  // namespace relay
