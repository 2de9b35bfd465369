#include "config/toml_tree.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

struct SyntaxCase {
  std::string name;
  std::string text;
  std::string message;
};

class TomlSyntaxTest : public testing::TestWithParam<SyntaxCase> {};

// The library answers in several lines and, for some mistakes, with a column that is not the one of
// its own caret. What the user sees is one line with the caret's place.
TEST_P(TomlSyntaxTest, IsReportedInOneLineWithItsPlace) {
  const Result<TomlNode> parsed = parse_toml(GetParam().text, "relay.toml");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message, GetParam().message);
  EXPECT_EQ(parsed.error().kind, ErrorKind::config_invalid);
}

INSTANTIATE_TEST_SUITE_P(
    TomlTree,
    TomlSyntaxTest,
    testing::Values(
        SyntaxCase{"NoValue",
                   "x = 1\na = \n",
                   "relay.toml:2:5: not valid TOML: missing value after key-value separator '=': "
                   "expected value, but got nothing"},
        SyntaxCase{
            "DuplicateKey",
            "a = 1\na = 2\n",
            "relay.toml:2:5: not valid TOML: value (\"a\") already exists: value defined twice"},
        SyntaxCase{
            "DuplicateSection",
            "[t]\nx=1\n\n[t]\ny=2\n",
            "relay.toml:4:1: not valid TOML: table (\"t\") already exists: table defined twice"},
        SyntaxCase{"OpenString",
                   "x = 1\na = \"secret\nb = 1\n",
                   "relay.toml:2:5: not valid TOML: the next token is not a valid string"},
        SyntaxCase{
            "TwoValues",
            "a = 1 b = 2\n",
            "relay.toml:1:7: not valid TOML: invalid line format: expected newline, but got 'b'"},
        SyntaxCase{
            "NoEquals",
            "\n\ngarbage\n",
            "relay.toml:3:8: not valid TOML: missing key-value separator `=`: should be `=`"},
        SyntaxCase{"OpenHeader",
                   "x = 1\n[a\nb = 1\n",
                   "relay.toml:2:1: not valid TOML: an invalid key appeared: is not a valid key"},
        SyntaxCase{
            "NoDate",
            "x = 1\n\nd = 1979-13-40T00:00:00Z\n",
            "relay.toml:3:15: not valid TOML: invalid date: it does not conform RFC3339: month "
            "should be 01-12, day should be 01-28,29,30,31, depending on month/year"},
        SyntaxCase{"NotUtf8", "a = 1\nb = \"\xff\"\n", "relay.toml:2:6: not valid TOML: not UTF-8"},
        SyntaxCase{"NulByte",
                   std::string("a = 1\nb = \"\0\"\n", 13),
                   "relay.toml:2:6: not valid TOML: a NUL byte"}),
    [](const auto& test) { return test.param.name; });

const TomlNode& only_value(const Result<TomlNode>& parsed) {
  return std::get<TomlNode::Table>(parsed.value().value).front().node;
}

// The library clamps numbers that are too large and says nothing.
TEST(TomlTreeTest, NumbersOutOfRangeAreNotClamped) {
  for (const char* text : {"a = 9223372036854775808",
                           "a = -9223372036854775809",
                           "a = 99_999_999_999_999_999_999",
                           "a = 0x8000000000000000",
                           "a = 1e999"}) {
    const Result<TomlNode> parsed = parse_toml(text, "x");
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_TRUE(std::holds_alternative<TomlOutOfRange>(only_value(parsed).value)) << text;
  }
}

TEST(TomlTreeTest, TheLargestNumbersAreKept) {
  EXPECT_EQ(
      std::get<std::int64_t>(only_value(parse_toml("a = +9_223_372_036_854_775_807", "x")).value),
      std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(std::get<std::int64_t>(only_value(parse_toml("a = -9223372036854775808", "x")).value),
            std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(std::get<std::int64_t>(only_value(parse_toml("a = 0x7fffffffffffffff", "x")).value),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(std::get<double>(only_value(parse_toml("a = 1e300", "x")).value), 1e300);
}

TEST(TomlTreeTest, KeysAndValuesKnowTheirPlace) {
  const Result<TomlNode> parsed =
      parse_toml("[target]\n  rows = 5\nlist = [\n  { name = \"a\", path = 1 },\n]\n", "x");
  ASSERT_TRUE(parsed.ok());
  const TomlMember& target = std::get<TomlNode::Table>(parsed.value().value).front();
  EXPECT_EQ(target.place, (TextPlace{1, 1}));
  const auto& members = std::get<TomlNode::Table>(target.node.value);
  EXPECT_EQ(members[0].key, "rows");
  EXPECT_EQ(members[0].place, (TextPlace{2, 3}));
  EXPECT_EQ(members[0].node.place, (TextPlace{2, 10}));
  const auto& entry = std::get<TomlNode::List>(members[1].node.value).front();
  const auto& inner = std::get<TomlNode::Table>(entry.value);
  EXPECT_EQ(inner[1].key, "path");
  EXPECT_EQ(inner[1].place, (TextPlace{4, 17}));
}

TEST(TomlTreeTest, TimesNeedAZone) {
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;
  const Result<TomlNode> zoned = parse_toml("a = 1970-01-01T02:00:00.5+02:00", "x");
  EXPECT_EQ(std::get<Time>(only_value(zoned).value), Time(std::chrono::milliseconds(500)));
  for (const char* text : {"a = 1970-01-01T00:00:00", "a = 1970-01-01", "a = 00:00:01"}) {
    const Result<TomlNode> local = parse_toml(text, "x");
    EXPECT_TRUE(std::holds_alternative<TomlLocalTime>(only_value(local).value)) << text;
  }
}

TEST(TomlTreeTest, TheVersionIsThatOfTheLibrary) {
  EXPECT_TRUE(toml_library_version().starts_with("3."));
}

}  // namespace
}  // namespace relay
