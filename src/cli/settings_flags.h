// From the command line to the settings of a run.
#pragma once

#include "cli/command.h"
#include "config/load.h"

namespace relay {

// Adds --source to a command; values land in `context.flags`.
void add_source_flag(CLI::App& command, CommandContext& context);

// The same with --target.
void add_target_flag(CLI::App& command, CommandContext& context);

// Adds --source, --target and --table.
void add_replication_flags(CLI::App& command, CommandContext& context);

// What to load: the file, the process's environment, --set and all flags of the context.
LoadRequest make_load_request(const CommandContext& context, Purpose purpose);

}  // namespace relay
