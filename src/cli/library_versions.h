// What the program is made of: `relay --version`.
#pragma once

#include <string>

namespace relay {

// "relay 0.1.0 (git 822fcb4)", then one line for each library.
std::string format_version();

}  // namespace relay
