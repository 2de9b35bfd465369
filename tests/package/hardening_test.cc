// How the program is built, read from the program itself: a flag that is lost on the way shows
// here.
#include <gtest/gtest.h>

#include "support/process.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kReadMax{60};

// What readelf says about the program.
std::string read_program(const std::string& option) {
  const Finished read = run_to_end({.command = {"readelf", "--wide", option, RELAY_BINARY},
                                    .environment = {{"LC_ALL", "C"}},
                                    .directory = {},
                                    .log = {},
                                    .user = {}},
                                   kReadMax);
  EXPECT_EQ(read.exit_code, 0) << read.stderr_text;
  return read.stdout_text;
}

testing::AssertionResult has(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

std::string line_with(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return "";
  return text.substr(at, text.find('\n', at) - at);
}

TEST(HardeningTest, TheProgramIsLoadedSomewhereElseEachTime) {
  EXPECT_TRUE(has(read_program("--file-header"), "DYN (Position-Independent Executable file)"));
}

TEST(HardeningTest, WhatTheLoaderHasResolvedIsReadOnly) {
  EXPECT_TRUE(has(read_program("--program-headers"), "GNU_RELRO"));
  EXPECT_TRUE(has(line_with(read_program("--dynamic"), "(FLAGS_1)"), "NOW"));
}

TEST(HardeningTest, NoMemoryIsBothWrittenAndRun) {
  const std::string headers = read_program("--program-headers");
  const std::string stack = line_with(headers, "GNU_STACK");
  EXPECT_TRUE(has(stack, "RW "));
  EXPECT_EQ(headers.find("RWE"), std::string::npos) << headers;
}

TEST(HardeningTest, StackAndCopiesAreChecked) {
  const std::string symbols = read_program("--dyn-syms");
  EXPECT_TRUE(has(symbols, "__stack_chk_fail"));
  EXPECT_TRUE(has(symbols, "_chk@")) << "a checked call of the C library, such as __memcpy_chk";
}

}  // namespace
}  // namespace relay
