// Completion of the command line in shells, made from the commands themselves. Pure.
//
// Each script walks over the words typed so far, passes over options with their values, and knows
// from the remaining words which command it stands in.
#pragma once

#include <string>

#include "cli/command_tree.h"

namespace relay {

std::string render_bash_completion(const CommandEntry& root);
std::string render_zsh_completion(const CommandEntry& root);
std::string render_fish_completion(const CommandEntry& root);

}  // namespace relay
