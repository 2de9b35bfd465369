#include "verify/canonical_json.h"

#include <optional>

#include <gtest/gtest.h>

namespace relay {
namespace {

// nullopt: refused.
std::optional<std::string> canonical(std::string_view json) {
  std::string out;
  if (append_canonical_json(json, out)) return out;
  return std::nullopt;
}

TEST(CanonicalJsonTest, HasTheBytesOfItsGrammar) {
  using namespace std::string_literals;
  EXPECT_EQ(canonical(R"({"aa":"","b":[1.50,null],"a":true})"),
            "{s\0\0\0\1at"
            "s\0\0\0\1b[#\0\0\0\5"
            "15e-1z]"
            "s\0\0\0\2"
            "aas\0\0\0\0}"s);
}

struct Pair {
  std::string name;
  std::string one;
  std::string other;
};

class CanonicalJsonEqualTest : public testing::TestWithParam<Pair> {};

TEST_P(CanonicalJsonEqualTest, HasTheSameBytes) {
  const std::optional<std::string> one = canonical(GetParam().one);
  ASSERT_TRUE(one);
  EXPECT_EQ(one, canonical(GetParam().other));
}

INSTANTIATE_TEST_SUITE_P(
    Equal,
    CanonicalJsonEqualTest,
    testing::Values(
        Pair{"Blanks", R"({"a":[1,{}]})", R"({"a": [1, {}]})"},
        Pair{"NamesByLength", R"({"bb":1,"a":2,"":3})", R"({"": 3, "a": 2, "bb": 1})"},
        Pair{"NamesByBytes", "{\"\xc3\xbc\":1,\"zz\":2}", "{\"zz\": 2, \"\xc3\xbc\": 1}"},
        Pair{"NamesInside", R"([{"x":{"b":1,"a":2}}])", R"([{"x":{"a":2,"b":1}}])"},
        Pair{"Decimals", R"([1.0,-2.50])", R"([1,-2.5])"},
        Pair{"DoubleAsJsonbPrintsIt", "1e+30", "1000000000000000000000000000000"},
        Pair{"SmallDoubleAsJsonbPrintsIt", "1e-07", "0.0000001"},
        Pair{"Escapes", R"("\u0041\/\n\u00fc\ud83d\ude00")", "\"A/\\n\xc3\xbc\xF0\x9F\x98\x80\""},
        Pair{"EscapesInNames", R"({"\u0061":1})", R"({"a":1})"}),
    [](const auto& test) { return test.param.name; });

class CanonicalJsonDifferentTest : public testing::TestWithParam<Pair> {};

TEST_P(CanonicalJsonDifferentTest, HasOtherBytes) {
  const std::optional<std::string> one = canonical(GetParam().one);
  const std::optional<std::string> other = canonical(GetParam().other);
  ASSERT_TRUE(one && other);
  EXPECT_NE(one, other);
}

INSTANTIATE_TEST_SUITE_P(
    Different,
    CanonicalJsonDifferentTest,
    testing::Values(Pair{"LastDigit", "9007199254740993", "9007199254740992"},
                    Pair{"LastDigitOfDouble", "0.1", "0.10000000000000002"},
                    Pair{"Sign", "1", "-1"},
                    Pair{"NumberAndText", "1", R"("1")"},
                    Pair{"NullAndText", "null", R"("null")"},
                    Pair{"NullAndMissing", R"({"a":null})", "{}"},
                    Pair{"TrueAndFalse", "true", "false"},
                    Pair{"LastByteOfText", R"("ab")", R"("ac")"},
                    Pair{"BlankAtTheEndOfText", R"("a")", R"("a ")"},
                    Pair{"CaseOfName", R"({"a":1})", R"({"A":1})"},
                    Pair{"OrderOfElements", "[1,2]", "[2,1]"},
                    Pair{"EmptyArrayAndObject", "[]", "{}"},
                    Pair{"ElementsAndNesting", "[[1],2]", "[[1,2]]"},
                    Pair{"TextThatLooksLikeBytesOfTwo", R"(["as","b"])", R"(["a","sb"])"},
                    Pair{"ComposedAndDecomposed", "\"\xc3\xbc\"", "\"u\xcc\x88\""}),
    [](const auto& test) { return test.param.name; });

TEST(CanonicalJsonTest, OrdersTheMembersOfInnerObjectsBeforeTheOuterOnes) {
  const std::optional<std::string> wanted =
      canonical(R"({"a":{"x":[],"y":{"p":1,"q":2}},"b":[{"m":1,"n":2},3],"cc":{}})");
  ASSERT_TRUE(wanted);
  EXPECT_EQ(canonical(R"({"cc":{},"b":[{"n":2,"m":1},3],"a":{"y":{"q":2,"p":1},"x":[]}})"), wanted);
}

TEST(CanonicalJsonTest, RefusesWhatIsNoJson) {
  for (const char* json :
       {"",          " 1",          "1 ",       "1 2",        "01",    "nul",        "{",
        "[1",        "[1,]",        "[,1]",     "[1 2]",      "[1}",   "{]",         R"({"a"})",
        R"({"a":})", R"({"a":1,})", R"({a:1})", R"({"a" 1})", R"("a)", R"("\ud800")"})
    EXPECT_EQ(canonical(json), std::nullopt) << json;
  EXPECT_EQ(canonical(R"({"a":1,"b":2,"a":1})"), std::nullopt) << "a name twice";
  EXPECT_EQ(canonical(R"({"a":1,"a":1})"), std::nullopt) << "a name twice, in order";
}

// Also texts that no document leads to: a row of the target may have any.
TEST(CanonicalJsonTest, DepthHasNoLimit) {
  const std::size_t depth = 100'000;
  const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
  EXPECT_EQ(canonical(arrays), arrays);
  EXPECT_EQ(canonical(arrays + "]"), std::nullopt);
}

}  // namespace
}  // namespace relay
