// relay(1), made from the commands themselves. Pure.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace relay {

// In the language of troff with the man macros. Without date and build: it changes with the
// commands alone.
std::string render_man_page(const CommandEntry& root);

}  // namespace relay
