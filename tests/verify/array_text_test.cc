#include "verify/array_text.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ArrayTextTest, TakesQuotesAndBackslashesAway) {
  EXPECT_EQ(parse_array_text("{}"), ArrayElements());
  EXPECT_EQ(parse_array_text("{1,-2}"), (ArrayElements{"1", "-2"}));
  EXPECT_EQ(parse_array_text(R"({"a,}b","\"\\",""})"), (ArrayElements{"a,}b", "\"\\", ""}));
  EXPECT_EQ(parse_array_text(R"({"a","b"})"), parse_array_text("{a,b}"));
}

TEST(ArrayTextTest, OnlyTheBareWordIsNull) {
  EXPECT_EQ(parse_array_text(R"({NULL,"NULL",null})"),
            (ArrayElements{std::nullopt, "NULL", "null"}));
}

TEST(ArrayTextTest, RefusesWhatTheRelayDoesNotWrite) {
  for (const char* text : {"",
                           "{",
                           "1",
                           "{1",
                           "{1,}",
                           "{,1}",
                           "{1}x",
                           "{\"a}",
                           "{\"a\\",
                           "{\"a\"b}",
                           "{{1},{2}}",
                           "{1{",
                           "[2:3]={1,2}"})
    EXPECT_EQ(parse_array_text(text), std::nullopt) << text;
}

}  // namespace
}  // namespace relay
