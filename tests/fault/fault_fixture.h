// What the fault tests share: a relay between servers that may be other ones than the program's
// two, told to fail, and asked what it says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "e2e/kill_fixture.h"

namespace relay {

inline constexpr char kTrouble[] = "trouble, trying again";

class FaultTest : public KillTest {
 protected:
  FaultTest();

  // `cdc-relay` with the table of command(), from the beginning of this test on, with its HTTP.
  [[nodiscard]] Arguments command_between(const std::string& source,
                                          const std::string& target,
                                          const Arguments& more = {}) const;
  // With these, and reading already.
  [[nodiscard]] std::unique_ptr<RelayProcess> start_between(const std::string& source,
                                                            const std::string& target,
                                                            const Arguments& more = {}) const;
  // `relay status --json` of the relay started with command_between().
  [[nodiscard]] std::string status() const;

  // Commands of that name from a relay fail, the next `times`. `how` goes into the failpoint.
  void fail_command(const std::string& command, const std::string& how, int times);
  void end_failures();

  // The next write of the source comes through: a new document of that key.
  [[nodiscard]] testing::AssertionResult comes_through(int key, const RelayProcess& relay);

 private:
  std::string listen_;
};

// How often the text says it.
std::size_t count_in(const std::string& text, const std::string& part);

// On 127.0.0.1, straight to the one member behind that port.
std::string direct_source_uri(std::uint16_t port);

}  // namespace relay
