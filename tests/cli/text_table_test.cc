#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(TextTableTest, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(align_rows({{"ID", "TABLE"}, {"1000", "t"}, {"2", ""}, {}}),
            "  ID    TABLE\n"
            "  1000  t\n"
            "  2\n"
            "\n");
  EXPECT_EQ(align_rows({}), "");
}

TEST(TextTableTest, NothingSteersTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2J\n\x7f \xc3\xa4"), "a?[2J?? \xc3\xa4");
}

}  // namespace
}  // namespace relay
