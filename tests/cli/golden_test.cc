// Files that the program prints and the repository keeps: `cmake --build --target update-golden`.
#include <gtest/gtest.h>

#include "process.h"

namespace relay {
namespace {

struct GoldenCase {
  std::string name;
  std::string file;
  std::vector<std::string> arguments;
};

class GoldenTest : public testing::TestWithParam<GoldenCase> {};

TEST_P(GoldenTest, TheFileIsWhatTheProgramPrints) {
  const Output output = run_relay(GetParam().arguments);
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.err, "");
  EXPECT_EQ(read_whole(std::string(RELAY_SOURCE_DIR) + "/" + GetParam().file), output.out)
      << "cmake --build --target update-golden";
}

INSTANTIATE_TEST_SUITE_P(
    Cli,
    GoldenTest,
    testing::Values(
        GoldenCase{"CommandLine", "docs/cli.md", {"--print-reference"}},
        GoldenCase{"Configuration", "docs/configuration.md", {"config", "reference"}},
        GoldenCase{"ConfigurationByName",
                   "docs/configuration.md",
                   {"config", "reference", "--format", "markdown"}},
        GoldenCase{"Example", "examples/relay.toml", {"config", "reference", "--format", "toml"}},
        GoldenCase{"Metrics", "docs/metrics.md", {"--print-metrics"}},
        GoldenCase{"Bash", "share/relay.bash", {"completion", "bash"}},
        GoldenCase{"Zsh", "share/relay.zsh", {"completion", "zsh"}},
        GoldenCase{"Fish", "share/relay.fish", {"completion", "fish"}},
        GoldenCase{"Man", "share/relay.1", {"man"}}),
    [](const auto& test) { return test.param.name; });

TEST(GoldenTest, TheExampleIsValid) {
  const Output output = run_relay(
      {"--config", std::string(RELAY_SOURCE_DIR) + "/examples/relay.toml", "config", "check"});
  EXPECT_EQ(output.exit_code, 0) << output.err;
  EXPECT_EQ(output.out, "settings are valid, tables=1\n");
}

// Every command's page in docs/cli.md is its --help and shows how it is used.
TEST(GoldenTest, EveryCommandHasHelpWithAnExample) {
  const std::string page = read_whole(std::string(RELAY_SOURCE_DIR) + "/docs/cli.md");
  int command_count = 0;
  for (std::size_t at = page.find("\n## relay"); at != std::string::npos;
       at = page.find("\n## relay", at + 1)) {
    const std::string name = page.substr(at + 4, page.find('\n', at + 1) - at - 4);
    std::vector<std::string> arguments;
    for (std::size_t begin = 6; begin < name.size();) {
      const std::size_t end = std::min(name.find(' ', begin), name.size());
      arguments.push_back(name.substr(begin, end - begin));
      begin = end + 1;
    }
    arguments.emplace_back("--help");
    const Output output = run_relay(arguments);
    EXPECT_EQ(output.exit_code, 0) << name;
    EXPECT_NE(output.out.find("Example:\n  relay "), std::string::npos) << name;
    std::string help = output.out;
    while (help.ends_with('\n'))
      help.pop_back();
    EXPECT_NE(page.find("\n## " + name + "\n\n```text\n" + help + "\n```\n"), std::string::npos)
        << name;
    ++command_count;
  }
  EXPECT_GE(command_count, 5);
}

}  // namespace
}  // namespace relay
