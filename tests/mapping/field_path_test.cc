#include "mapping/field_path.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(FieldPathTest, DotsSeparateNames) {
  EXPECT_EQ(parse_path("a"), (FieldPath{"a"}));
  EXPECT_EQ(parse_path("address.city.$x"), (FieldPath{"address", "city", "$x"}));
  EXPECT_EQ(format_path({"address", "city"}), "address.city");
  for (const char* bad : {"", ".", "a.", ".a", "a..b"})
    EXPECT_EQ(parse_path(bad), std::nullopt) << bad;
  EXPECT_EQ(parse_path(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(FieldPathTest, APathIsWithinItselfAndItsBeginnings) {
  EXPECT_TRUE(is_within({"a", "b"}, {"a", "b"}));
  EXPECT_TRUE(is_within({"a", "b"}, {"a"}));
  EXPECT_FALSE(is_within({"a"}, {"a", "b"}));
  EXPECT_FALSE(is_within({"ab"}, {"a"}));
}

}  // namespace
}  // namespace relay
