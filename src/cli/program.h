// The frame of the program: global flags, help, version, usage errors.
#pragma once

#include <span>

#include "cli/command.h"

namespace relay {

// Reads the command line, runs the command it names and returns the exit code.
int run_program(std::span<const AddCommand> commands, int argc, const char* const* argv);

}  // namespace relay
