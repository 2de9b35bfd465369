// Exit codes of the program. They are part of its interface: docs/cli.md.
#pragma once

namespace relay {

enum class ExitCode : int {
  done = 0,
  usage = 2,
  source = 3,
  target = 4,
  state_file = 5,
  check_failed = 6,
  lease = 7,
  bug = 70,
};

}  // namespace relay
