// The YAML files of the examples are YAML, and what they say to relay it understands. Neither
// Docker nor Kubernetes is here to run them.
#include <sstream>

#include <gtest/gtest.h>

#include "docs/markdown.h"
#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kRunMax{30};

TEST(YamlExamplesTest, SettingsInThemAreSettings) {
  const TemporaryDirectory folder;
  std::vector<std::string> command{
      "python3", "-B", source_root() / "tests/docs/read_yaml.py", folder.path()};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_root() / "examples"))
    if (entry.path().extension() == ".yaml") command.push_back(entry.path());
  ASSERT_GE(command.size(), 6U) << "compose, kubernetes, and more";
  const Finished read = run_to_end(
      {.command = std::move(command), .environment = {}, .directory = {}, .log = {}, .user = {}},
      kRunMax);
  ASSERT_EQ(read.exit_code, 0) << read.stderr_text;

  const std::string reference = read_file(source_root() / "docs/configuration.md");
  std::istringstream names(read.stdout_text);
  std::size_t count = 0;
  for (std::string name; std::getline(names, name); ++count)
    EXPECT_NE(reference.find("`" + name + "`"), std::string::npos) << name;
  EXPECT_GE(count, 5U);

  count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    ++count;
    const Finished checked =
        run_to_end({.command = {RELAY_BINARY, "--config", entry.path(), "config", "check"},
                    .environment = {{"RELAY_SOURCE_URI", "mongodb://localhost/"},
                                    {"RELAY_TARGET_URI", "postgresql://localhost/w"}},
                    .directory = {},
                    .log = {},
                    .user = {}},
                   kRunMax);
    EXPECT_EQ(checked.exit_code, 0) << checked.stderr_text;
  }
  EXPECT_GE(count, 1U) << "the ConfigMap";
}

}  // namespace
}  // namespace relay
