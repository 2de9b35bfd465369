#include "cli/man_page.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

const CommandEntry kTree{"relay",
                         "Does it.",
                         "",
                         {{"--config", "FILE", "A file", false}},
                         {{"secret",
                           "Secrets",
                           "",
                           {},
                           {{"seal",
                             "Seal one",
                             "Example:\n  relay secret seal \\\n.x\n",
                             {{"KEY", "KEY", "A key", true}},
                             {}}}}}};

TEST(ManPageTest, EveryCommandAndOptionIsThere) {
  const std::string page = render_man_page(kTree);
  EXPECT_TRUE(page.starts_with(".\\\" Printed by")) << page;
  EXPECT_NE(page.find(".TH RELAY 1 "), std::string::npos);
  EXPECT_NE(page.find(".TP\n\\fB\\-\\-config\\fR \\fIFILE\\fR\nA file\n"), std::string::npos)
      << page;
  EXPECT_NE(page.find(".SS \\fBrelay secret seal\\fR \\fIKEY\\fR\nSeal one.\n"), std::string::npos)
      << page;
}

// A line that begins with a dot would be an order to troff, and a backslash an escape.
TEST(ManPageTest, TextIsPrintedAsItIs) {
  const std::string page = render_man_page(kTree);
  EXPECT_NE(page.find("  relay secret seal \\e\n\\&.x\n.fi\n"), std::string::npos) << page;
}

TEST(ManPageTest, EveryExitCodeIsThere) {
  const std::string page = render_man_page(kTree);
  for (const char* code : {"0", "2", "3", "4", "5", "6", "7", "70"})
    EXPECT_NE(page.find(std::string(".TP\n") + code + "\n"), std::string::npos) << code;
}

}  // namespace
}  // namespace relay
