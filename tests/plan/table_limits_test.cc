#include "plan/table_limits.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(TableLimitsTest, CrateDbHasNeitherBytesNorNumbersWithoutBounds) {
  for (const char* text : {"text", "numeric(38,10)", "numeric(38,38)[]", "uuid[]", "json"})
    EXPECT_TRUE(has_column_type(TargetKind::cratedb, *parse_column_type(text))) << text;
  for (const char* text : {"bytea", "bytea[]", "numeric", "numeric(39,0)"}) {
    EXPECT_FALSE(has_column_type(TargetKind::cratedb, *parse_column_type(text))) << text;
    EXPECT_TRUE(has_column_type(TargetKind::postgresql, *parse_column_type(text))) << text;
  }
}

}  // namespace
}  // namespace relay
