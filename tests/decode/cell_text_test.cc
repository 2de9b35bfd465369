#include "decode/cell_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

std::string print(const std::string& bytes, TypeName type) {
  std::string text;
  append_cell_text(bytes, type, text);
  return text;
}

std::string print_element(const std::string& bytes, TypeName type) {
  std::string text;
  append_array_element(bytes, type, text);
  return text;
}

TEST(CellTextTest, PrintsWhatPostgresqlPrints) {
  EXPECT_EQ(print("\xFF\xFF\xFF\xFE", TypeName::integer), "-2");
  EXPECT_EQ(print("\x80\0\0\0\0\0\0\0"s, TypeName::bigint), "-9223372036854775808");
  EXPECT_EQ(print("\x3F\xE0\0\0\0\0\0\0"s, TypeName::double_precision), "0.5");
  EXPECT_EQ(print("\0"s, TypeName::boolean), "f");
  EXPECT_EQ(print("\0\xFF"s, TypeName::bytea), "\\x00ff");
  EXPECT_EQ(print(std::string(8, '\0'), TypeName::timestamp), "2000-01-01 00:00:00+00");
  EXPECT_EQ(print("\0\0\0\0\0\0\0\1"s, TypeName::timestamp), "2000-01-01 00:00:00.000001+00");
  EXPECT_EQ(print(std::string(16, '\0'), TypeName::uuid), "00000000-0000-0000-0000-000000000000");
}

TEST(CellTextTest, ArrayElementsAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(print_element("a\"b\\c", TypeName::text), R"("a\"b\\c")");
  EXPECT_EQ(print_element("", TypeName::text), R"("")");
  EXPECT_EQ(print_element("{}", TypeName::json), R"("{}")");
  EXPECT_EQ(print_element("\xAB", TypeName::bytea), R"("\\xab")");
  EXPECT_EQ(print_element("\0\0\0\1"s, TypeName::integer), "1");
}

TEST(CellTextTest, TimestampsEndWhereThoseOfPostgresqlDo) {
  EXPECT_EQ(to_timestamp(946'684'800'000), 0);
  EXPECT_EQ(to_timestamp(-210'866'803'200'000), -211'813'488'000'000'000);
  EXPECT_EQ(to_timestamp(-210'866'803'200'001), std::nullopt);
  EXPECT_EQ(to_timestamp(9'224'318'015'999'999), 9'223'371'331'199'999'000);
  EXPECT_EQ(to_timestamp(9'224'318'016'000'000), std::nullopt);
  EXPECT_EQ(to_timestamp(std::numeric_limits<std::int64_t>::max()), std::nullopt);
  EXPECT_EQ(to_timestamp(std::numeric_limits<std::int64_t>::min()), std::nullopt);
}

}  // namespace
}  // namespace relay
