// The rules of the house, run over every file. What a rule means is tested in the files beside this
// one.
#include <functional>

#include <gtest/gtest.h>

#include "support/process.h"
#include "tidy/build_rules.h"
#include "tidy/function_rule.h"
#include "tidy/include_rules.h"
#include "tidy/source_tree.h"
#include "tidy/text_rules.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

constexpr char kFormatter[] =
    "clang-format-19";  // The one that scripts/format uses: others write otherwise.

const SourceTree& tree() {
  static const SourceTree files = read_tree(RELAY_SOURCE_DIR);
  return files;
}

std::string join(const Problems& problems) {
  std::string text;
  for (const std::string& problem : problems)
    text += problem + "\n";
  return text;
}

using FileRule = Problems (*)(const std::string& path, const std::string& text);

void expect_everywhere(bool (*applies)(std::string_view), FileRule rule) {
  std::size_t file_count = 0;
  for (const auto& [path, text] : tree()) {
    if (!applies(path)) continue;
    ++file_count;
    EXPECT_EQ(join(rule(path, text)), "");
  }
  EXPECT_GT(file_count, 0U) << "a rule without files proves nothing";
}

TEST(TidyTest, EveryFileHasAtMostFourHundredLines) {
  expect_everywhere(is_source, check_length);
}

TEST(TidyTest, SourcesArePrintableAscii) {
  expect_everywhere(is_source, check_characters);
}

TEST(TidyTest, NothingIsLeftForLater) {
  expect_everywhere(is_source, check_words);
}

TEST(TidyTest, HeadersSayWhatTheyAreForAndAreReadOnce) {
  expect_everywhere(is_header, check_header);
}

TEST(TidyTest, FunctionsFitOnAScreen) {
  expect_everywhere(is_source, check_functions);
}

TEST(TidyTest, FoldersKnowOnlyWhomTheyMay) {
  expect_everywhere(is_source, check_includes);
}

TEST(TidyTest, EveryIncludedHeaderIsThere) {
  EXPECT_EQ(join(check_include_targets(tree())), "");
}

TEST(TidyTest, EverySourceIsBuilt) {
  EXPECT_EQ(join(check_listed(tree())), "");
}

TEST(TidyTest, EverySourceHasATest) {
  EXPECT_EQ(join(check_tested(tree(), tested_elsewhere())), "");
}

TEST(TidyTest, EveryPageHasOneTitle) {
  expect_everywhere(is_markdown, check_markdown);
}

TEST(TidyTest, SourcesAreAsTheFormatterWritesThem) {
  std::vector<std::string> command{kFormatter, "--dry-run", "-Werror", "--ferror-limit=1"};
  for (const auto& [path, text] : tree()) {
    if (is_source(path)) command.push_back(std::string(RELAY_SOURCE_DIR) + "/" + path);
  }
  const Finished finished = run_to_end(
      {.command = command, .environment = {}, .directory = {}, .log = {}, .user = ""}, 50s);
  EXPECT_EQ(finished.exit_code, 0) << finished.stderr_text << "\nrun scripts/format";
}

}  // namespace
}  // namespace relay
