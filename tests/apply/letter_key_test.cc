#include "apply/letter_key.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(LetterKeyTest, KeysUpToTheLimitAreWhole) {
  EXPECT_EQ(make_letter_key("abc"), "abc");
  EXPECT_EQ(make_letter_key(std::string(1'000, 'k')), std::string(1'000, 'k'));
}

TEST(LetterKeyTest, LongerKeysStayDistinctAndValid) {
  const std::string one = std::string(1'500, 'k') + "1";
  const std::string two = std::string(1'500, 'k') + "2";
  EXPECT_EQ(make_letter_key(one).size(), 1'000U);
  EXPECT_NE(make_letter_key(one), make_letter_key(two));
  EXPECT_EQ(make_letter_key(make_letter_key(one)), make_letter_key(one));

  std::string umlauts = "x";
  for (int i = 0; i < 600; ++i)
    umlauts += "\xC3\xA4";
  const std::string cut = make_letter_key(umlauts);
  EXPECT_EQ(cut.find('#') % 2, 1U) << "cut between characters, each of two bytes after the first";
}

TEST(LetterKeyTest, IdsNeedNoQuotesAndStayDistinct) {
  EXPECT_EQ(make_letter_id("main/sales.orders/rejected/82AA/a-1:x_2"),
            "main/sales.orders/rejected/82AA/a-1:x_2");
  EXPECT_EQ(make_letter_id("o'b $(x)\x1b\n#%\xC3\xA4"), "o%27b%20%24%28x%29%1b%0a%23%25%c3%a4");
  EXPECT_NE(make_letter_id("%20"), make_letter_id(" "));
  EXPECT_EQ(make_letter_id(std::string(900, ' ')).size(), 1'000U);
  EXPECT_NE(make_letter_id(std::string(900, ' ')), make_letter_id(std::string(901, ' ')));
}

}  // namespace
}  // namespace relay
