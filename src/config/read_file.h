// A whole file as text: settings files and the files that settings point to.
#pragma once

#include <string>

#include "core/result.h"

namespace relay {

// config_invalid, and the message is the system's reason alone: "No such file or directory".
Result<std::string> read_file(const std::string& path);

}  // namespace relay
