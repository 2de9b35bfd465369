// Each rule on a sample that keeps it and on one that breaks it, so that no rule can be silent for
// good.
#include <gtest/gtest.h>

#include "tidy/build_rules.h"
#include "tidy/function_rule.h"
#include "tidy/include_rules.h"
#include "tidy/source_tree.h"
#include "tidy/text_rules.h"

namespace relay {
namespace {

std::string lines(std::size_t count, const std::string& line = "int x;") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += line + "\n";
  return text;
}

TEST(TextRulesTest, FourHundredLinesAreOneFileAndOneMoreAreTwo) {
  EXPECT_EQ(check_length("src/a.cc", lines(400)), Problems{});
  EXPECT_EQ(check_length("src/a.cc", lines(401)),
            Problems{"src/a.cc:401: 401 lines, more than 400"});
}

TEST(TextRulesTest, TabsAndForeignCharactersAreSeen) {
  EXPECT_EQ(check_characters("a.cc", "int ~x;\n\n"), Problems{});
  EXPECT_EQ(check_characters("a.cc", "int x;\n\tint y;\n"), Problems{"a.cc:2: tab"});
  const Problems foreign{"a.cc:1: a character that is not printable ASCII"};
  EXPECT_EQ(check_characters("a.cc", "// caf\xC3\xA9\n"), foreign);
  EXPECT_EQ(check_characters("a.cc", "int x;\r\n"), foreign);
  EXPECT_EQ(check_characters("a.cc", "int x;"), Problems{"a.cc:1: no line end at the end"});
}

TEST(TextRulesTest, WordsForLaterAreSeenAsWholeWords) {
  const std::string word = std::string("TO") + "DO";
  EXPECT_EQ(check_words("a.cc", "x\n// " + word + "(me): later\n"), Problems{"a.cc:2: " + word});
  EXPECT_EQ(check_words("a.cc", std::string("// FIX") + "ME\n").size(), 1U);
  EXPECT_EQ(check_words("a.cc", std::string("// XX") + "X\n").size(), 1U);
  EXPECT_EQ(check_words("a.cc", "\"relay-XXXXXX\" MASTO" + word + " k" + word + "s\n"), Problems{});
}

TEST(TextRulesTest, AHeaderBeginsWithACommentAndAGuard) {
  EXPECT_EQ(check_header("a.h", "// What for.\n//\n// More.\n#pragma once\n\nint x;\n"),
            Problems{});
  EXPECT_EQ(check_header("a.h", "#pragma once\n").size(), 1U);
  EXPECT_EQ(check_header("a.h", "// What for.\nint x;\n#pragma once\n").size(), 1U);
  EXPECT_EQ(check_header("a.h", "// What for.\n").size(), 1U);
}

TEST(TextRulesTest, APageHasOneTitle) {
  EXPECT_EQ(check_markdown("a.md", "# Title\n\n## Part\n\n```sh\n# a comment\n```\n"), Problems{});
  EXPECT_EQ(check_markdown("a.md", "## Part\n"), Problems{"a.md:1: no title"});
  EXPECT_EQ(check_markdown("a.md", "# One\n\n# Two\n"), Problems{"a.md:3: a second title"});
}

std::string function_of(std::size_t count, const std::string& head = "int f(int x)") {
  return head + " {\n" + lines(count - 2) + "}\n";
}

TEST(FunctionRuleTest, SeventyLinesAreAFunctionAndOneMoreAreTwo) {
  EXPECT_EQ(check_functions("a.cc", "namespace relay {\n" + function_of(70) + "}\n"), Problems{});
  EXPECT_EQ(check_functions("a.cc", "namespace relay {\n" + function_of(71) + "}\n"),
            Problems{"a.cc:2: a function of 71 lines, more than 70"});
}

TEST(FunctionRuleTest, EveryShapeOfAFunctionIsSeen) {
  for (const char* head :
       {"TEST(A, B)",
        "template <class T, int N = f<3>()>\nauto A::f(T x) const noexcept -> std::vector<T>",
        "A::A(int x) : x_{x}, y_(1), z_{{1, 2}}",
        "constexpr int kTable[] = {1, 2};\nvoid f()",
        "struct A {\n int x = 0;\n};\nA g(A a = {1})",
        "bool operator()(int x)",
        "#define M(x) \\\n  if (x) {\nvoid f()"}) {
    EXPECT_EQ(check_functions("a.cc", function_of(71, head)).size(), 1U) << head;
    EXPECT_EQ(check_functions("a.cc", function_of(70, head)), Problems{}) << head;
  }
}

TEST(FunctionRuleTest, MembersAreFunctionsAndTheirClassIsNot) {
  const std::string outer =
      "template <class T>\nclass A final : public B {\n public:\n  struct C {\n";
  const std::string end = "  };\n private:\n int x_;\n" + lines(100) + "};\n";
  EXPECT_EQ(check_functions("a.h", outer + function_of(71) + end).size(), 1U);
  EXPECT_EQ(check_functions("a.h", outer + function_of(70) + end), Problems{});
}

TEST(FunctionRuleTest, ALongTableIsNoFunction) {
  const std::string table = lines(200, "  Row{\"x\", f(1)},");
  EXPECT_EQ(check_functions("a.cc", "constexpr std::array kRows = {\n" + table + "};\n"),
            Problems{});
  EXPECT_EQ(check_functions("a.cc", "enum class Kind {\n" + lines(200, "  x,") + "};\n"),
            Problems{});
}

TEST(FunctionRuleTest, BracesInTextAndCommentsDoNotCount) {
  const std::string body = "  f(\"}\\\"}\", '}', 1'000, R\"sql(})\" })sql\");  // }\n  /* } */\n";
  EXPECT_EQ(check_functions("a.cc", "void f() {\n" + body + lines(70) + "}\n").size(), 1U);
  EXPECT_EQ(blank_comments_and_quotes("a \"{\" b // {\nc"), "a     b     \nc");
}

TEST(IncludeRulesTest, AFolderKnowsOnlyWhatTheTableSays) {
  EXPECT_EQ(
      check_includes("src/decode/a.cc", "#include \"core/row_block.h\"\n#include \"decode/b.h\"\n"),
      Problems{});
  EXPECT_EQ(check_includes("src/decode/a.cc", "// x\n#include \"source/change_source.h\"\n"),
            Problems{"src/decode/a.cc:2: source/change_source.h: decode may not include source"});
  EXPECT_EQ(check_includes("src/core/a.h", "#include \"observe/log.h\"\n").size(), 1U);
  EXPECT_EQ(check_includes("src/core/a.h", "#  include  \"observe/log.h\"\n").size(), 1U);
  EXPECT_EQ(check_includes("src/pipeline/a.h", "#include \"workload/run.h\"\n").size(), 1U);
  EXPECT_EQ(check_includes("src/core/a.cc", "#include \"a.h\"\n").size(), 1U)
      << "without its folder";
  EXPECT_EQ(check_includes("src/newcomer/a.cc", "").size(), 1U);
  EXPECT_EQ(check_includes("src/a.cc", "").size(), 1U);
}

TEST(IncludeRulesTest, ADriverStaysInItsFolder) {
  EXPECT_EQ(
      check_includes("src/source/a.cc", "#include <mongoc/mongoc.h>\n#include <bson/bson.h>\n"),
      Problems{});
  EXPECT_EQ(check_includes("src/decode/a.cc", "#include <bson/bson.h>\n"), Problems{});
  EXPECT_EQ(check_includes("src/decode/a.cc", "#include <mongoc/mongoc.h>\n"),
            Problems{"src/decode/a.cc:1: mongoc/mongoc.h: decode may not include libmongoc"});
  for (const char* header : {"libpq-fe.h",
                             "pqxx/pqxx",
                             "sqlite3.h",
                             "spdlog/spdlog.h",
                             "toml.hpp",
                             "xxhash.h",
                             "prometheus/counter.h",
                             "httplib.h",
                             "nlohmann/json.hpp",
                             "sodium.h",
                             "CLI/CLI.hpp",
                             "bson/bson.h"}) {
    EXPECT_EQ(check_includes("src/plan/a.cc", "#include <" + std::string(header) + ">\n").size(),
              1U)
        << header;
    EXPECT_EQ(check_includes("src/cli/a.cc", "#include <" + std::string(header) + ">\n"),
              Problems{})
        << header;
  }
}

TEST(IncludeRulesTest, TheSystemIsFreeAndTheUnknownIsNot) {
  EXPECT_EQ(check_includes("src/core/a.cc",
                           "#include <vector>\n#include <unistd.h>\n#include <sys/stat.h>\n"),
            Problems{});
  EXPECT_EQ(check_includes("src/cli/a.cc", "#include <boost/asio.hpp>\n").size(), 1U);
  EXPECT_EQ(check_includes("src/cli/a.cc", "#include <zlib.h>\n").size(), 1U);
}

TEST(IncludeRulesTest, AHeaderThatIsNotThereIsSeen) {
  SourceTree tree{{"src/core/a.h", ""},
                  {"tests/core/b.h", ""},
                  {"tests/core/a_test.cc", "#include \"core/a.h\"\n#include \"core/b.h\"\n"},
                  {"src/core/a.cc", "#include \"version.h\"\n"}};
  EXPECT_EQ(check_include_targets(tree), Problems{});
  tree["src/core/a.cc"] = "#include \"core/b.h\"\n";
  EXPECT_EQ(check_include_targets(tree), Problems{"src/core/a.cc:1: core/b.h: no such header"});
}

TEST(BuildRulesTest, ASourceThatNobodyBuildsIsSeen) {
  SourceTree tree{{"src/core/a.cc", ""},
                  {"src/core/CMakeLists.txt", "relay_stage(core SOURCES a.cc b.cc)"}};
  EXPECT_EQ(check_listed(tree), Problems{});
  tree["src/core/CMakeLists.txt"] = "relay_stage(core SOURCES aa.cc a.cc.in)";
  EXPECT_EQ(check_listed(tree),
            Problems{"src/core/a.cc:1: not in the CMakeLists.txt of its folder"});
  tree.erase("src/core/CMakeLists.txt");
  EXPECT_EQ(check_listed(tree).size(), 1U);
}

TEST(BuildRulesTest, ASourceNeedsATestOrATrueEntry) {
  const SourceTree with{{"src/core/a.cc", ""}, {"tests/core/a_test.cc", ""}};
  const SourceTree without{{"src/core/a.cc", ""}, {"tests/core/b_test.cc", ""}};
  const auto entry = [](std::string_view test) {
    return std::array{TestedBy{"src/core/a.cc", test}};
  };
  EXPECT_EQ(check_tested(with, {}), Problems{});
  EXPECT_EQ(check_tested(without, {}).size(), 1U);
  EXPECT_EQ(check_tested(without, entry("tests/core/b_test.cc")), Problems{});
  EXPECT_EQ(check_tested(without, entry("none: nothing to test")), Problems{});
  EXPECT_EQ(check_tested(without, entry("none: ")).size(), 1U) << "no reason";
  EXPECT_EQ(check_tested(without, entry("tests/core/c_test.cc")).size(), 1U) << "no such test";
  EXPECT_EQ(check_tested(with, entry("tests/core/a_test.cc")).size(), 1U)
      << "an entry nobody needs";
  EXPECT_EQ(check_tested({}, entry("none: it is gone")).size(), 1U) << "no such source";
}

TEST(SourceTreeTest, FindsWhatIsThere) {
  const SourceTree tree = read_tree(RELAY_SOURCE_DIR);
  EXPECT_TRUE(tree.contains("src/core/check.h"));
  EXPECT_TRUE(tree.contains("tests/tidy/rules_test.cc"));
  EXPECT_TRUE(tree.contains("src/core/CMakeLists.txt"));
  EXPECT_FALSE(tree.contains("src/core/no_such_file.h"));
}

}  // namespace
}  // namespace relay
