// Command: what a file of this folder adds to the program.
//
// A command file exposes `void add_xxx_command(CLI::App&, CommandContext&)`: it adds its
// subcommand, and the subcommand's callback puts what is to be done into `run`. Work begins after
// the whole command line was read, so that a mistake at its end has no consequences. main.cc lists
// the commands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/exit_codes.h"

namespace CLI {
class App;
}  // namespace CLI

namespace relay {

// Flags that every command understands, before and after its name.
struct GlobalOptions {
  std::optional<std::string> config_path;
  std::vector<std::string> sets;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
};

// Flags that stand for settings; settings_flags.h adds them to a command.
struct SettingsFlags {
  std::optional<std::string> source_uri;
  std::optional<std::string> target_uri;
  std::vector<std::string> tables;
};

struct CommandContext {
  GlobalOptions global;
  SettingsFlags flags;
  std::function<ExitCode()> run;
};

using AddCommand = void (*)(CLI::App&, CommandContext&);

void add_cdc_relay_command(CLI::App& app, CommandContext& context);
void add_checkpoint_command(CLI::App& app, CommandContext& context);
void add_completion_command(CLI::App& app, CommandContext& context);
void add_config_command(CLI::App& app, CommandContext& context);
void add_db_workload_command(CLI::App& app, CommandContext& context);
void add_dead_letter_command(CLI::App& app, CommandContext& context);
void add_pause_command(CLI::App& app, CommandContext& context);
void add_plan_command(CLI::App& app, CommandContext& context);
void add_resume_command(CLI::App& app, CommandContext& context);
void add_secret_command(CLI::App& app, CommandContext& context);
void add_snapshot_command(CLI::App& app, CommandContext& context);
void add_status_command(CLI::App& app, CommandContext& context);
void add_verify_command(CLI::App& app, CommandContext& context);

}  // namespace relay
