// A program that was not built for tests has no failpoints: neither their names nor that of the
// variable are in it. One that was has them all, which shows that they would be found.
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/process.h"

namespace relay {
namespace {

#ifdef RELAY_FAILPOINTS
constexpr bool kIsForTests = true;
#else
constexpr bool kIsForTests = false;
#endif

constexpr std::chrono::seconds kConfigureMax{60};

// Of the source, since a program without them cannot say what it has not.
std::vector<std::string> point_names() {
  const std::string source = read_file(std::string(RELAY_SOURCE_DIR) + "/src/core/failpoint.cc");
  const std::regex row(R"re(FailpointInfo\{\w+, "([a-z_.]+)")re");
  std::vector<std::string> names;
  for (std::sregex_iterator at(source.begin(), source.end(), row), end; at != end; ++at)
    names.push_back((*at)[1]);
  return names;
}

TEST(FailpointAbsenceTest, OnlyAProgramForTestsHasFailpoints) {
  const std::string program = read_file(RELAY_BINARY);
  ASSERT_NE(program.find("RELAY_SECRET_KEY_FILE"), std::string::npos)
      << "a variable that every program reads is found";
  std::vector<std::string> words = point_names();
  ASSERT_GT(words.size(), 50U);
  words.emplace_back("RELAY_FAILPOINT");
  for (const std::string& word : words)
    EXPECT_EQ(program.find(word) != std::string::npos, kIsForTests) << word;
}

TEST(FailpointAbsenceTest, ABuildForUsersRefusesThem) {
  const Finished configured = run_to_end({.command = {"cmake",
                                                      "-G",
                                                      "Ninja",
                                                      "-S",
                                                      RELAY_SOURCE_DIR,
                                                      "-B",
                                                      "build",
                                                      "-D",
                                                      "CMAKE_BUILD_TYPE=RelWithDebInfo",
                                                      "-D",
                                                      "RELAY_FAILPOINTS=ON"},
                                          .environment = {},
                                          .directory = {},
                                          .log = {},
                                          .user = {}},
                                         kConfigureMax);
  EXPECT_NE(configured.exit_code, 0);
  EXPECT_NE(configured.stderr_text.find("RELAY_FAILPOINTS is for tests"), std::string::npos)
      << configured.stderr_text;
}

}  // namespace
}  // namespace relay
