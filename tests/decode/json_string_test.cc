#include "decode/json_string.h"

#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace relay {
namespace {

using Taken = std::pair<std::string, std::string>;  // The characters, and what follows the string.

// nullopt: no string.
std::optional<Taken> take(std::string_view text) {
  std::string characters;
  if (!take_json_string(text, characters)) return std::nullopt;
  return Taken(characters, text);
}

TEST(JsonStringTest, EndsAtItsClosingQuote) {
  EXPECT_EQ(take(R"("ab","c")"), Taken("ab", R"(,"c")"));
  EXPECT_EQ(take(R"("")"), Taken("", ""));
  EXPECT_EQ(take(R"("a\\":1)"), Taken("a\\", ":1"));
}

TEST(JsonStringTest, TakesEveryEscape) {
  EXPECT_EQ(take(R"("\"\\\/\b\f\n\r\t")"), Taken("\"\\/\b\f\n\r\t", ""));
  EXPECT_EQ(take(R"("\u0041\u00fc\u20AC\ud83d\uDE00")"),
            Taken("A\xc3\xbc\xe2\x82\xac\xF0\x9F\x98\x80", ""));
}

TEST(JsonStringTest, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "a",
                           "\"",
                           "\"a",
                           R"("\)",
                           R"("\x")",
                           R"("\u00g0")",
                           R"("\u00)",
                           R"("\ud83d")",
                           R"("\ud83dx")",
                           R"("\ud83d\u0041")"})
    EXPECT_EQ(take(text), std::nullopt) << text;
}

}  // namespace
}  // namespace relay
