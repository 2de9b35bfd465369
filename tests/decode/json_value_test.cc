#include "decode/json_value.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

TEST(JsonValueTest, ReadsEveryKind) {
  const std::optional<JsonValue> json =
      parse_json(R"({"a":[1,-2.5e+3,"x",true,false,null],"a":{}})", 3);
  ASSERT_TRUE(json.has_value());
  ASSERT_EQ(json->members.size(), 2U) << "repeated names are kept";
  const JsonValue& list = json->members[0].value;
  ASSERT_EQ(list.members.size(), 6U);
  EXPECT_EQ(list.members[1].value.text, "-2.5e+3");
  EXPECT_EQ(list.members[2].value.text, "x");
  EXPECT_TRUE(list.members[3].value.boolean);
  EXPECT_EQ(list.members[5].value.kind, JsonValue::Kind::null);
  EXPECT_EQ(json->members[1].value.kind, JsonValue::Kind::object);
  EXPECT_EQ(json->only("a"), nullptr);
}

TEST(JsonValueTest, ReadsEscapes) {
  EXPECT_EQ(parse_json(R"("\"\\\/\b\f\n\r\t\u0000\u00e4\ud83d\ude00")", 1)->text,
            "\"\\/\b\f\n\r\t\0\xC3\xA4\xF0\x9F\x98\x80"s);
}

TEST(JsonValueTest, RefusesWhatIsNoJson) {
  for (const char* bad :
       {"",        " 1",        "1 ",          "01",          "+1",       "1.",    ".5",
        "tru",     "{",         "[1",          "[1,]",        "{\"a\"}",  "{a:1}", "\"a",
        "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\xFF\"", "[1]]",  "nul"})
    EXPECT_EQ(parse_json(bad, 9).has_value(), false) << bad;
  EXPECT_TRUE(parse_json("[[[1]]]", 4).has_value());
  EXPECT_FALSE(parse_json("[[[1]]]", 3).has_value());
  EXPECT_FALSE(parse_json(std::string(1'000'000, '['), 250).has_value());
}

}  // namespace
}  // namespace relay
