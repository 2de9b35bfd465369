#include "apply/numeric_text.h"

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

// As numeric_send() writes it. Compared with a real server in sink_letters_test.cc.
std::string numeric(int weight, unsigned sign, const std::vector<unsigned>& groups) {
  std::string cell;
  const auto put = [&cell](unsigned value) {
    cell.push_back(static_cast<char>(value >> 8U));
    cell.push_back(static_cast<char>(value));
  };
  put(static_cast<unsigned>(groups.size()));
  put(static_cast<unsigned>(weight));
  put(sign);
  put(0);
  for (const unsigned group : groups)
    put(group);
  return cell;
}

TEST(NumericTextTest, DigitsComeBack) {
  EXPECT_EQ(read_numeric(numeric(0, 0, {})).text, "0");
  EXPECT_EQ(read_numeric(numeric(0, 0, {7})).text, "7");
  EXPECT_EQ(read_numeric(numeric(1, 0x4000, {12, 34})).text, "-120034");
  EXPECT_EQ(read_numeric(numeric(2, 0, {1})).text, "100000000") << "groups of zeros are left out";
  EXPECT_EQ(read_numeric(numeric(0, 0, {1, 5000})).text, "1.5");
  EXPECT_EQ(read_numeric(numeric(-1, 0, {1000})).text, "0.1");
  EXPECT_EQ(read_numeric(numeric(-3, 0x4000, {1, 2300})).text, "-0.00000000000123");
}

TEST(NumericTextTest, WhatIsNoNumberIsNamed) {
  EXPECT_EQ(read_numeric(numeric(0, 0xC000, {})).text, "NaN");
  EXPECT_EQ(read_numeric(numeric(0, 0xD000, {})).text, "Infinity");
  EXPECT_EQ(read_numeric(numeric(0, 0xF000, {})).text, "-Infinity");
  EXPECT_FALSE(read_numeric(numeric(0, 0xC000, {})).is_finite);
}

TEST(NumericTextTest, ScientificTextIsThatOfDecimal128) {
  EXPECT_EQ(scientific_text("0"), "0");
  EXPECT_EQ(scientific_text("0.1"), "0.1");
  EXPECT_EQ(scientific_text("-12.5"), "-12.5");
  EXPECT_EQ(scientific_text("123"), "123");
  EXPECT_EQ(scientific_text("0.000001"), "0.000001");
  EXPECT_EQ(scientific_text("0.0000001"), "1E-7");
  EXPECT_EQ(scientific_text("0.00000015"), "1.5E-7");
  EXPECT_EQ(scientific_text("1" + std::string(30, '0')), "1E+30");
  EXPECT_EQ(scientific_text("-125" + std::string(30, '0')), "-1.25E+32");
}

}  // namespace
}  // namespace relay
