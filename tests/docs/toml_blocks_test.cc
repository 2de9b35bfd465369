// Every TOML block of the documentation, and every settings file of the examples, is taken by
// `relay config check`.
#include <gtest/gtest.h>

#include "docs/markdown.h"
#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kCheckMax{30};

using Variables = std::vector<std::pair<std::string, std::string>>;

// A block may be a piece: what a whole file needs besides is given from outside.
Finished check(const std::filesystem::path& file, const std::string& text) {
  std::vector<std::string> command{RELAY_BINARY, "--config", file, "config", "check"};
  Variables variables;
  if (text.find("mongodb") == std::string::npos && text.find("${SOURCE}") == std::string::npos)
    variables.emplace_back("RELAY_SOURCE_URI", "mongodb://localhost/?replicaSet=rs0");
  if (text.find("postgresql://") == std::string::npos &&
      text.find("crate://") == std::string::npos && text.find("${TARGET}") == std::string::npos)
    variables.emplace_back("RELAY_TARGET_URI", "postgresql://localhost/warehouse");
  if (text.find("[[table]]") == std::string::npos)
    command.insert(command.end(), {"--table", "shop.orders"});
  // What comes from the environment is a connection string by these two names, else a password.
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at + 1)) {
    const std::string name = text.substr(at + 2, text.find('}', at) - at - 2);
    std::string value = "word";
    if (name == "SOURCE") value = "mongodb://localhost/?replicaSet=rs0";
    if (name == "TARGET") value = "postgresql://localhost/warehouse";
    variables.emplace_back(name, value);
  }
  return run_to_end({.command = std::move(command),
                     .environment = std::move(variables),
                     .directory = source_root(),
                     .log = {},
                     .user = {}},
                    kCheckMax);
}

TEST(TomlBlocksTest, EachIsValid) {
  const TemporaryDirectory folder;
  const std::filesystem::path file = folder.path() / "relay.toml";
  const std::vector<Block> blocks = read_all_blocks("toml");
  ASSERT_GE(blocks.size(), 3U);
  for (const Block& block : blocks) {
    if (!block.not_run.empty()) continue;
    write_file(file, block.text);
    const Finished checked = check(file, block.text);
    EXPECT_EQ(checked.exit_code, 0) << block.place() << "\n" << checked.stderr_text;
  }
}

TEST(TomlBlocksTest, AMistakeInABlockWouldBeSeen) {
  const TemporaryDirectory folder;
  const std::filesystem::path file = folder.path() / "relay.toml";
  const std::string text = "[[table]]\nfrom = \"shop.orders\"\nmodus = \"mirror\"\n";
  write_file(file, text);
  EXPECT_EQ(check(file, text).exit_code, 2);
}

TEST(TomlBlocksTest, SettingsFilesOfTheExamplesAreValid) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source_root() / "examples")) {
    if (entry.path().extension() != ".toml") continue;
    ++count;
    const Finished checked = check(entry.path(), read_file(entry.path()));
    EXPECT_EQ(checked.exit_code, 0) << entry.path() << "\n" << checked.stderr_text;
  }
  EXPECT_GE(count, 1U);
}

}  // namespace
}  // namespace relay
