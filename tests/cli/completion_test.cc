// The script for bash in a real bash. Those for zsh and fish are made from the same tree and kept
// as golden files; neither shell is on every machine.
#include "cli/completion.h"

#include <gtest/gtest.h>

#include "support/process.h"
#include "support/temporary_directory.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

CommandEntry sample_tree() {
  const OptionEntry help{"--help", "", "Help", false};
  CommandEntry show{"show", "Show it", "", {help, {"--format", "text|json", "Form", false}}, {}};
  CommandEntry config{"config", "It's the settings: all", "", {help}, {show}};
  CommandEntry status{"status", "State", "", {help, {"--json", "", "As JSON", false}}, {}};
  return {"relay",
          "",
          "",
          {help, {"--config", "FILE", "A file", false}, {"--set", "KEY=VALUE", "One", false}},
          {config, status}};
}

class BashTest : public testing::Test {
 protected:
  // What bash offers for the last of the words.
  std::string complete(const std::string& words) {
    const std::filesystem::path script = directory_.path() / "relay.bash";
    write_file(script, render_bash_completion(sample_tree()));
    write_file(directory_.path() / "settings.toml", "");
    const std::string text = "set -u; source " + script.string() + "; cd " +
                             directory_.path().string() + "; COMP_WORDS=(" + words +
                             "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _relay; "
                             "echo \"${COMPREPLY[*]-}\"";
    const Finished finished = run_to_end({.command = {"bash", "-c", text},
                                          .environment = {},
                                          .directory = {},
                                          .log = {},
                                          .user = ""},
                                         30s);
    EXPECT_EQ(finished.exit_code, 0) << finished.stderr_text;
    return finished.stdout_text;
  }

  TemporaryDirectory directory_;
};

TEST_F(BashTest, OffersCommandsAndOptionsOfThePlace) {
  EXPECT_EQ(complete("relay ''"), "config status --help --config --set\n");
  EXPECT_EQ(complete("relay con"), "config\n");
  EXPECT_EQ(complete("relay config ''"), "show --help --config --set\n");
  EXPECT_EQ(complete("relay config show --f"), "--format\n");
  EXPECT_EQ(complete("relay status --j"), "--json\n");
  EXPECT_EQ(complete("relay nonsense st"), "status\n");
}

TEST_F(BashTest, PassesOverOptionsWithTheirValues) {
  EXPECT_EQ(complete("relay --set status config s"), "show\n") << "status is a value here";
  EXPECT_EQ(complete("relay --config status --set x=y config s"), "show\n");
  EXPECT_EQ(complete("relay config --help s"), "show\n");
}

TEST_F(BashTest, OffersWhatAnOptionTakes) {
  EXPECT_EQ(complete("relay config show --format ''"), "text json\n");
  EXPECT_EQ(complete("relay --config set"), "settings.toml\n");
  EXPECT_EQ(complete("relay --set ''"), "\n") << "anything, so nothing is offered";
}

TEST(CompletionTest, DescriptionsCannotBreakTheScript) {
  EXPECT_NE(render_zsh_completion(sample_tree()).find("'config:It'\\''s the settings: all'"),
            std::string::npos);
  EXPECT_NE(render_fish_completion(sample_tree()).find("-a config -d 'It\\'s the settings: all'"),
            std::string::npos);
}

}  // namespace
}  // namespace relay
