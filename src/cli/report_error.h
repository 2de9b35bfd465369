// How an error looks to whoever typed the command.
#pragma once

#include <string>

#include "core/error.h"
#include "core/exit_codes.h"

namespace relay {

// "error: ..." for each line of the message, then "try: ..." when there is a hint: the error's own,
// else the one of its kind.
std::string format_error(const Error& error);

// Writes it to standard error; returns the exit code of its kind.
ExitCode report_error(const Error& error);

}  // namespace relay
