#include "verify/binary_array.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

std::string number(std::uint32_t value) {
  std::string bytes;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    bytes.push_back(static_cast<char>(value >> shift));
  return bytes;
}

// The bound is what CrateDB makes of it.
std::string array_of(const std::vector<std::optional<std::string>>& elements) {
  const auto count = static_cast<std::uint32_t>(elements.size());
  std::string bytes = number(1) + number(1) + number(25) + number(count) + number(count);
  for (const auto& element : elements)
    bytes += element ? number(static_cast<std::uint32_t>(element->size())) + *element : number(~0U);
  return bytes;
}

std::string print(const std::string& array, TypeName type) {
  std::string out;
  return print_binary_array(array, type, out) ? out : "none";
}

TEST(BinaryArrayTest, IsTheTextInWhichArraysTravel) {
  EXPECT_EQ(print(array_of({"a \"b\"", std::nullopt, ""}), TypeName::text),
            R"({"a \"b\"",NULL,""})");
  EXPECT_EQ(print(array_of({"\0\0\0\0\0\0\0\7"s}), TypeName::bigint), "{7}");
  EXPECT_EQ(print(array_of({"\1"s, "\0"s}), TypeName::boolean), "{t,f}");
  EXPECT_EQ(print(array_of({"1.50"}), TypeName::numeric), R"({"1.50"})");
  EXPECT_EQ(print(array_of({std::string(8, '\0')}), TypeName::timestamp), "{946684800000}");
  EXPECT_EQ(print(array_of({R"({"a":1})"}), TypeName::json), R"({"{\"a\":1}"})");
}

TEST(BinaryArrayTest, AnEmptyOneMayHaveNoDimension) {
  EXPECT_EQ(print(array_of({}), TypeName::text), "{}");
  EXPECT_EQ(print(number(0) + number(0) + number(25), TypeName::text), "{}");
}

TEST(BinaryArrayTest, WhatIsCutOrOfAnotherTypeIsNone) {
  const std::string array = array_of({"abc"});
  for (std::size_t size = 0; size < array.size(); ++size)
    EXPECT_EQ(print(array.substr(0, size), TypeName::text), "none") << size;
  EXPECT_EQ(print(array + "x", TypeName::text), "none");
  EXPECT_EQ(print(array, TypeName::bigint), "none");
  EXPECT_EQ(print(number(2) + array.substr(4), TypeName::text), "none");
}

}  // namespace
}  // namespace relay
