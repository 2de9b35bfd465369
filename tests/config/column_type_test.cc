#include "config/column_type.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ColumnTypeTest, EveryTypeOfTheReferenceIsKnown) {
  for (const char* type : {"text",
                           "boolean",
                           "integer",
                           "bigint",
                           "double precision",
                           "numeric",
                           "numeric(18,2)",
                           "numeric(18, 2)",
                           "numeric(1)",
                           "numeric(1000,1000)",
                           "timestamp with time zone",
                           "uuid",
                           "bytea",
                           "json",
                           "text[]",
                           "numeric(18,2)[]"}) {
    EXPECT_TRUE(is_column_type(type)) << type;
  }
}

TEST(ColumnTypeTest, NearMissesAreRefused) {
  for (const char* type : {"",
                           "Text",
                           "varchar",
                           "numeric(0,0)",
                           "numeric(1001,0)",
                           "numeric(2,3)",
                           "numeric()",
                           "numeric(1,)",
                           "numeric(-1,0)",
                           "numeric(1,2,3)",
                           "numeric(1",
                           "text[][]",
                           "[]",
                           " text"}) {
    EXPECT_FALSE(is_column_type(type)) << type;
  }
}

TEST(ColumnTypeTest, TheNearestTypeIsNamed) {
  EXPECT_EQ(explain_column_type("bigin"), "\"bigin\" is no column type; did you mean bigint?");
  EXPECT_EQ(explain_column_type("varchar"), "\"varchar\" is no column type");
}

}  // namespace
}  // namespace relay
