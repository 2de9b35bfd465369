#include "core/row_origins.h"

#include <array>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(RowOriginsTest, EveryRowKeepsItsOwn) {
  const std::array<std::uint8_t, 2> type_bits = {0x82, 0x04};
  RowOrigins origins;
  EXPECT_EQ(origins.size(), 0U);
  origins.add("insert", {.data = "82AA"});
  origins.add("snapshot", {});
  origins.add("update", {.data = "82BB", .type_bits = type_bits});
  ASSERT_EQ(origins.size(), 3U);
  EXPECT_EQ(origins.operation(0), "insert");
  EXPECT_EQ(origins.position(0), "82AA");
  EXPECT_EQ(origins.operation(1), "snapshot");
  EXPECT_EQ(origins.position(1), "");
  EXPECT_EQ(origins.position(2), format_token({.data = "82BB", .type_bits = type_bits}));
  EXPECT_GT(origins.byte_count(), 8U);
}

TEST(RowOriginsTest, RowsThatAreLeftOutTakeTheirOriginWithThem) {
  RowOrigins origins;
  origins.add("insert", {.data = "1"});
  origins.add("update", {.data = "22"});
  origins.add("replace", {.data = "333"});
  const RowOrigins rest = origins.without({true, false, false});
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest.operation(0), "update");
  EXPECT_EQ(rest.position(0), "22");
  EXPECT_EQ(rest.position(1), "333");
  EXPECT_EQ(RowOrigins().without({true, false}).size(), 0U) << "unknown origins stay unknown";
}

}  // namespace
}  // namespace relay
