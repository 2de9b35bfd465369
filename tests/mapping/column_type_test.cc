#include "mapping/column_type.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ColumnTypeTest, EveryTypeReadsBackFromItsText) {
  for (const char* text : {"text",
                           "boolean",
                           "integer",
                           "bigint",
                           "double precision",
                           "numeric",
                           "numeric(18,2)",
                           "numeric(1000,1000)",
                           "timestamp with time zone",
                           "uuid",
                           "bytea",
                           "json",
                           "bigint[]",
                           "numeric(3,0)[]"}) {
    const std::optional<ColumnType> type = parse_column_type(text);
    ASSERT_TRUE(type.has_value()) << text;
    EXPECT_EQ(format_column_type(*type), text);
  }
  EXPECT_EQ(parse_column_type("numeric(5)"), parse_column_type("numeric(5,0)"));
}

TEST(ColumnTypeTest, WhatIsNoTypeIsRefused) {
  for (const char* text : {"",
                           "int",
                           "TEXT",
                           "text[][]",
                           "numeric(0,0)",
                           "numeric(1001,0)",
                           "numeric(2,3)",
                           "numeric()",
                           "numeric(-1,0)"}) {
    EXPECT_FALSE(parse_column_type(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace relay
