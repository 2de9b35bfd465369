// Every command line of the documentation: the shell can read it, its script exists, and relay
// knows its command and flags. Whatever reaches a server is stopped before it does: a setting of
// the environment is wrong.
#include <sstream>

#include <gtest/gtest.h>

#include "docs/markdown.h"
#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kRunMax{30};
constexpr char kPoison[] = "RELAY_TARGET_BATCH_ROWS";

// Programs of others that the pages may call.
constexpr std::string_view kPrograms =
    " apt-get cat cmake cp ctest curl docker dpkg install journalctl jq kill kubectl mkdir mongosh "
    "openssl psql sqlite3 systemctl ";

Finished run_shell(const std::string& script, const std::filesystem::path& folder) {
  return run_to_end({.command = {"bash", "-c", script},
                     .environment = {{kPoison, "none"}, {"RELAY", RELAY_BINARY}},
                     .directory = folder,
                     .log = {},
                     .user = {}},
                    kRunMax);
}

// Lines that a shell would run, with their continuations; without comments.
std::vector<std::string> read_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  std::string whole;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t comment = line.starts_with("#") ? 0 : line.find(" # ");
    line = line.substr(0, comment);
    const bool goes_on = line.ends_with("\\");
    if (goes_on) line.pop_back();
    whole += line;
    if (goes_on) continue;
    const std::size_t begin = whole.find_first_not_of(" $");
    if (begin != std::string::npos) whole.erase(0, begin);
    if (whole.starts_with("sudo ")) whole.erase(0, 5);
    if (begin != std::string::npos) lines.push_back(whole);
    whole.clear();
  }
  return lines;
}

std::string first_word(const std::string& line) {
  return line.substr(0, line.find(' '));
}

bool is_relay(const std::string& word) {
  return word == "relay" || word.ends_with("/relay");
}

// The part of a line that relay sees, read by the shell, up to a pipe or a redirection.
std::string as_relay_sees_it(const std::string& line) {
  std::string arguments = line.substr(first_word(line).size());
  arguments = arguments.substr(0, arguments.find(" | "));
  arguments = arguments.substr(0, arguments.find(" < "));
  arguments = arguments.substr(0, arguments.find(" > "));
  arguments = arguments.substr(0, arguments.find(" && "));
  if (arguments.ends_with(" &")) arguments.resize(arguments.size() - 2);
  return "\"$RELAY\"" + arguments + " < /dev/null";
}

// A mistake in the command line is answered with `try: relay COMMAND --help`.
testing::AssertionResult is_understood(const std::string& line,
                                       const std::filesystem::path& folder) {
  const Finished run = run_shell(as_relay_sees_it(line), folder);
  if (run.stderr_text.find("--help") == std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << run.stderr_text;
}

class CommandLinesTest : public testing::Test {
 protected:
  CommandLinesTest() { write_file(folder_.path() / "relay.toml", ""); }
  TemporaryDirectory folder_;
};

TEST_F(CommandLinesTest, OfShellBlocksCanBeRead) {
  std::size_t relay_lines = 0;
  for (const Block& block : read_all_blocks("sh")) {
    if (!block.not_run.empty()) continue;
    EXPECT_EQ(run_shell("bash -n <<'END_OF_BLOCK'\n" + block.text + "END_OF_BLOCK", folder_.path())
                  .exit_code,
              0)
        << block.place();
    for (const std::string& line : read_lines(block.text)) {
      const std::string word = first_word(line);
      if (is_relay(word)) {
        ++relay_lines;
        EXPECT_TRUE(is_understood(line, folder_.path())) << block.place() << ": " << line;
      } else if (word.starts_with("scripts/")) {
        EXPECT_TRUE(std::filesystem::exists(source_root() / word)) << block.place();
      } else if (word.find('=') == std::string::npos) {
        EXPECT_NE(kPrograms.find(" " + word + " "), std::string_view::npos)
            << block.place() << ": " << word << " is no program that the pages may call";
      }
    }
  }
  EXPECT_GE(relay_lines, 10U);
}

// The examples of --help, which docs/cli.md repeats.
TEST_F(CommandLinesTest, OfTheReferenceAreUnderstood) {
  std::size_t count = 0;
  for (const Block& block : read_blocks("docs/cli.md")) {
    const std::size_t example = block.text.find("Example:\n");
    if (example == std::string::npos) continue;
    for (const std::string& line : read_lines(block.text.substr(example + 9))) {
      if (!is_relay(first_word(line))) continue;
      ++count;
      EXPECT_TRUE(is_understood(line, folder_.path())) << block.place() << ": " << line;
    }
  }
  EXPECT_GE(count, 15U);
}

TEST_F(CommandLinesTest, WithAMistakeWouldBeSeen) {
  EXPECT_FALSE(is_understood("relay --config relay.toml cdc-relay --onec", folder_.path()));
  EXPECT_FALSE(is_understood("relay --config relay.toml dead-leter list", folder_.path()));
  EXPECT_FALSE(is_understood("relay snapshot", folder_.path()));
  EXPECT_TRUE(is_understood("relay --config relay.toml cdc-relay --once", folder_.path()));
}

// Blocks without a language are not looked at, so there are none but in the reference.
TEST_F(CommandLinesTest, EveryBlockSaysItsLanguage) {
  for (const std::string& page : list_pages())
    for (const Block& block : read_blocks(page))
      EXPECT_FALSE(block.language.empty()) << block.place();
}

TEST_F(CommandLinesTest, PresetsOfTheDocumentationExist) {
  const std::string presets = read_file(source_root() / "CMakePresets.json");
  for (const Block& block : read_all_blocks("sh")) {
    constexpr std::string_view kOption = "--preset ";
    for (std::size_t at = block.text.find(kOption); at != std::string::npos;
         at = block.text.find(kOption, at + 1)) {
      const std::size_t begin = at + kOption.size();
      const std::string name =
          block.text.substr(begin, block.text.find_first_of(" \n", begin) - begin);
      EXPECT_NE(presets.find("\"name\": \"" + name + "\""), std::string::npos) << block.place();
    }
  }
}

}  // namespace
}  // namespace relay
