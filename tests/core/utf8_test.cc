#include "core/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(Utf8Test, TextIsText) {
  for (const std::string text :
       {"", "a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_utf8(text)) << text;
}

TEST(Utf8Test, TheFirstByteThatIsNoneIsFound) {
  for (const std::string bad : {"\x80",
                                "\xff",
                                "\xc0\x80",
                                "\xc3",
                                "\xe0\x80\x80",
                                "\xed\xa0\x80",
                                "\xf0\x80\x80\x80",
                                "\xf4\x90\x80\x80",
                                "\xf5\x80\x80\x80",
                                "\xe2\x82"})
    EXPECT_EQ(find_not_utf8("\xc3\xbc"
                            "a" +
                            bad + "b"),
              3U)
        << bad.size();
}

TEST(Utf8Test, ATextIsCutBetweenCharacters) {
  const std::string text = "a\xC3\xA9\xF0\x9F\x98\x80z";  // 1, 2, 4 and 1 bytes.
  EXPECT_EQ(cut_text(text, 0), "");
  EXPECT_EQ(cut_text(text, 1), "a");
  EXPECT_EQ(cut_text(text, 2), "a");
  EXPECT_EQ(cut_text(text, 3), "a\xC3\xA9");
  EXPECT_EQ(cut_text(text, 6), "a\xC3\xA9");
  EXPECT_EQ(cut_text(text, 7), "a\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(cut_text(text, 8), text);
  EXPECT_EQ(cut_text(text, 9), text);
}

}  // namespace
}  // namespace relay
