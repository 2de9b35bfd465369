#include "cli/command_tree.h"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(CommandTreeTest, HoldsWhatTheHelpShows) {
  CLI::App app("What it does.", "relay");
  app.add_option("--config", "A file")->type_name("FILE");
  app.add_flag("--secretly")->group("");
  CLI::App* status = app.add_subcommand("status", "Show it");
  status->footer("Example:\n");
  status->add_flag("--json")->description("As JSON");
  status->add_option("tables", "Names")->type_name("TABLE");
  app.add_subcommand("man", "Print it")->group("");

  const CommandEntry root = read_command_tree(app);
  EXPECT_EQ(root.name, "relay");
  EXPECT_EQ(root.description, "What it does.");
  ASSERT_EQ(root.options.size(), 2U);
  EXPECT_EQ(root.options[0].name, "--help");
  EXPECT_EQ(root.options[0].value, "");
  EXPECT_EQ(root.options[1].name, "--config");
  EXPECT_EQ(root.options[1].value, "FILE");
  ASSERT_EQ(root.commands.size(), 1U) << "hidden ones are left out";
  EXPECT_EQ(root.commands[0].footer, "Example:\n");
  const OptionEntry& json = root.commands[0].options.at(1);
  EXPECT_EQ(json.name, "--json");
  EXPECT_EQ(json.value, "");
  const OptionEntry& tables = root.commands[0].options.at(2);
  EXPECT_TRUE(tables.is_positional);
  EXPECT_EQ(tables.name, "TABLE");
}

TEST(CommandTreeTest, AListOfWordsIsSeenAsOne) {
  EXPECT_EQ(words_of("text|json"), (std::vector<std::string>{"text", "json"}));
  EXPECT_TRUE(words_of("FILE").empty());
  EXPECT_TRUE(words_of("").empty());
}

}  // namespace
}  // namespace relay
