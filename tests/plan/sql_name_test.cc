#include "plan/sql_name.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

struct NameCase {
  std::string test_name;
  std::string name;
  std::string quoted;  // Empty: refused.
};

class QuoteIdentifierTest : public testing::TestWithParam<NameCase> {};

TEST_P(QuoteIdentifierTest, QuotesOrRefuses) {
  const Result<std::string> quoted = quote_identifier(GetParam().name);
  ASSERT_EQ(quoted.ok(), !GetParam().quoted.empty());
  if (quoted.ok()) {
    EXPECT_EQ(quoted.value(), GetParam().quoted);
  } else {
    EXPECT_EQ(quoted.error().kind, ErrorKind::config_invalid);
  }
}

const std::string kLongest(63, 'a');

INSTANTIATE_TEST_SUITE_P(
    SqlName,
    QuoteIdentifierTest,
    testing::Values(NameCase{"Plain", "orders", "\"orders\""},
                    NameCase{"KeepsCase", "Orders", "\"Orders\""},
                    NameCase{"Keyword", "select", "\"select\""},
                    NameCase{"Quote", "a\"b", "\"a\"\"b\""},
                    NameCase{"OnlyQuotes", "\"\"", "\"\"\"\"\"\""},
                    NameCase{"Injection", "x\"; DROP TABLE y; --", "\"x\"\"; DROP TABLE y; --\""},
                    NameCase{"Backslash", "a\\b", "\"a\\b\""},
                    NameCase{"Dollar", "$1", "\"$1\""},
                    NameCase{"Unicode",
                             "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
                             "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\""},
                    NameCase{"NewLine", "a\nb", "\"a\nb\""},
                    NameCase{"Longest", kLongest, "\"" + kLongest + "\""},
                    NameCase{"OneTooLong", kLongest + "a", ""},
                    NameCase{"Empty", "", ""},
                    NameCase{"Nul", "a\0b"s, ""},
                    NameCase{"LoneTail", "a\x80", ""},
                    NameCase{"CutSequence", "a\xE2\x82", ""},
                    NameCase{"Overlong", "\xC0\xAF", ""},
                    NameCase{"OverlongThree", "\xE0\x80\xAF", ""},
                    NameCase{"Surrogate", "\xED\xA0\x80", ""},
                    NameCase{"LastBeforeSurrogates", "\xED\x9F\xBF", "\"\xED\x9F\xBF\""},
                    NameCase{"Largest", "\xF4\x8F\xBF\xBF", "\"\xF4\x8F\xBF\xBF\""},
                    NameCase{"AboveLargest", "\xF4\x90\x80\x80", ""},
                    NameCase{"InvalidLead", "\xFF", ""}),
    [](const auto& test) { return test.param.test_name; });

TEST(SqlNameTest, ATableIsRefusedForEitherOfItsNames) {
  EXPECT_EQ(quote_table({"sales", "or\"ders"}).value(), R"("sales"."or""ders")");
  EXPECT_FALSE(quote_table({"sales", "a\0"s}).ok());
  EXPECT_FALSE(quote_table({"\xFF", "orders"}).ok());
}

TEST(SqlNameTest, ARefusedNameIsNotRepeatedInTheError) {
  const Result<std::string> quoted = quote_identifier("line\xFFnoise");
  ASSERT_FALSE(quoted.ok());
  EXPECT_EQ(quoted.error().message.find("noise"), std::string::npos)
      << "invalid bytes would break logs";
}

TEST(SqlNameTest, TextsAreQuotedForEverySession) {
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal("a\\b'"), "E'a\\\\b'''");
}

}  // namespace
}  // namespace relay
