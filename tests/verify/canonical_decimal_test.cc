#include "verify/canonical_decimal.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

// "refused" when it is no decimal.
std::string canonical(std::string_view text) {
  std::string out;
  if (append_canonical_decimal(text, out)) return out;
  EXPECT_EQ(out, "") << "nothing is left of a refusal";
  return "refused";
}

struct Case {
  std::string name;
  std::string text;
  std::string wanted;
};

class CanonicalDecimalTest : public testing::TestWithParam<Case> {};

TEST_P(CanonicalDecimalTest, HasOneText) {
  EXPECT_EQ(canonical(GetParam().text), GetParam().wanted);
}

INSTANTIATE_TEST_SUITE_P(Equal,
                         CanonicalDecimalTest,
                         testing::Values(Case{"Integer", "1", "1e0"},
                                         Case{"ShownDecimals", "1.00", "1e0"},
                                         Case{"Exponent", "1E0", "1e0"},
                                         Case{"ExponentWithPlus", "10e-1", "1e0"},
                                         Case{"ZerosAtTheEnd", "1200", "12e2"},
                                         Case{"ZerosAtTheEndByExponent", "1.2e+3", "12e2"},
                                         Case{"ZerosInFront", "0.0012", "12e-4"},
                                         Case{"ZerosInFrontByExponent", "1.2E-3", "12e-4"},
                                         Case{"ZerosInside", "10.01", "1001e-2"},
                                         Case{"Negative", "-0.50", "-5e-1"},
                                         Case{"Zero", "0", "0"},
                                         Case{"ZeroWithDecimals", "-0.000", "0"},
                                         Case{"ZeroWithExponent", "0e+400", "0"},
                                         Case{"NotANumber", "NaN", "NaN"},
                                         Case{"Infinity", "Infinity", "Infinity"},
                                         Case{"MinusInfinity", "-Infinity", "-Infinity"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(OneStepAway,
                         CanonicalDecimalTest,
                         testing::Values(Case{"LastDigitOf34",
                                              "1.234567890123456789012345678901235",
                                              "1234567890123456789012345678901235e-33"},
                                         Case{"LastDigitOf34Less",
                                              "1.234567890123456789012345678901234",
                                              "1234567890123456789012345678901234e-33"},
                                         Case{"Exponent", "1e-6177", "1e-6177"},
                                         Case{"ExponentLess", "1e-6176", "1e-6176"},
                                         Case{"SmallestDouble", "5e-324", "5e-324"}),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(NoDecimal,
                         CanonicalDecimalTest,
                         testing::Values(Case{"Empty", "", "refused"},
                                         Case{"Blank", "1 ", "refused"},
                                         Case{"Plus", "+1", "refused"},
                                         Case{"OtherWord", "nan", "refused"},
                                         Case{"ExponentOutOfBounds", "1e4294967296", "refused"}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
