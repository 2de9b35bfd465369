// Tests of relay verify: what it lists, says and returns.
#pragma once

#include <filesystem>
#include <set>
#include <sstream>
#include <string>

#include "e2e/table_fixture.h"
#include "support/process.h"
#include "support/wait_until.h"

namespace relay {

struct Verified {
  int exit_code = 0;
  std::set<std::string> differences;  // Lines of standard output.
  std::string text;                   // Standard error.
};

// relay with these arguments, in a folder.
inline Finished finish_in(const std::filesystem::path& directory, const Arguments& arguments) {
  Process::Options options;
  options.directory = directory;
  options.command = {relay_program()};
  options.command.insert(options.command.end(), arguments.begin(), arguments.end());
  return run_to_end(options, kPatience);
}

inline Verified verify_in(const std::filesystem::path& directory, const Arguments& arguments) {
  const Finished finished = finish_in(directory, arguments);
  Verified verified;
  verified.exit_code = finished.exit_code;
  verified.text = finished.stderr_text;
  std::istringstream lines(finished.stdout_text);
  for (std::string line; std::getline(lines, line);)
    verified.differences.insert(line);
  return verified;
}

class VerifyTest : public TableTest {
 protected:
  // Of all tables of the settings that table_command() wrote last.
  [[nodiscard]] Verified verify(const Arguments& more = {}) const {
    Arguments all{"--config", directory_.path() / "relay.toml", "verify"};
    all.insert(all.end(), more.begin(), more.end());
    return call(all);
  }

  [[nodiscard]] Verified call(const Arguments& arguments) const {
    return verify_in(directory_.path(), arguments);
  }

  // In sales.orders, where the key column is `id`.
  bool wait_for_id(int id) {
    return wait_until(kPatience, [&] {
      return !target_.cell("SELECT to_regclass('sales.orders')").empty() &&
             target_.cell("SELECT 1 FROM sales.orders WHERE id = " + std::to_string(id)) == "1";
    });
  }

  [[nodiscard]] Finished finish(const Arguments& arguments) const {
    return finish_in(directory_.path(), arguments);
  }
};

// Nothing is listed, and a line of the table says so.
inline testing::AssertionResult is_equal_result(const Verified& verified) {
  if (verified.exit_code == 0 && verified.differences.empty() &&
      verified.text.find("differences=0") != std::string::npos)
    return testing::AssertionSuccess();
  auto failure = testing::AssertionFailure() << "exit " << verified.exit_code << "\n";
  for (const std::string& line : verified.differences)
    failure << line << "\n";
  return failure << verified.text;
}

inline testing::AssertionResult has_part(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << part << "\" in:\n" << text;
}

}  // namespace relay
