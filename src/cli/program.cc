#include "cli/program.h"

#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/cli_reference.h"
#include "cli/library_versions.h"
#include "cli/report_error.h"
#include "config/nearest.h"
#include "observe/metrics.h"

namespace relay {
namespace {

constexpr const char* kFooter =
    "Settings: default, file, environment (RELAY_SECTION_KEY), --set, flag; the last one wins.\n"
    "Exit: 0 done, 2 usage or settings, 3 source, 4 target, 5 state file, 6 a check says no, 7 "
    "lease, "
    "70 bug.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml config check\n";

void add_global_options(CLI::App& app, GlobalOptions& global) {
  app.add_option("--config", global.config_path, "Settings file (TOML); none is read without it")
      ->type_name("FILE");
  app.add_option("--set", global.sets, "One setting, such as target.batch_rows=1000; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--log-level", global.log_level, "debug, info, warn or error (log.level)")
      ->type_name("LEVEL");
  app.add_option("--log-format", global.log_format, "text or json (log.format)")
      ->type_name("FORMAT");
  app.set_version_flag("--version", &format_version, "Print the versions and leave");
}

// "relay config show": the command as far as it was understood.
std::string name_parsed_command(const CLI::App& app) {
  std::string name = app.get_name();
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) {
    deepest = deepest->get_subcommands().back();
    name += " " + deepest->get_name();
  }
  return name;
}

// An argument nobody wanted. It is shown only when it is a plain word: anything else may be a
// connection string with a password in it.
std::string explain_extra(const CLI::App& app) {
  const std::vector<std::string> extras = app.remaining(true);
  if (extras.empty()) return "unexpected argument";
  const std::string& argument = extras.front();
  if (argument.starts_with("-")) return "unknown option " + argument.substr(0, argument.find('='));
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  if (argument.find_first_not_of(kPlain) != std::string::npos) return "unexpected argument";
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty())
    deepest = deepest->get_subcommands().back();
  std::vector<std::string> names;
  for (const CLI::App* command : deepest->get_subcommands({}))
    names.push_back(command->get_name());
  if (names.empty()) return "unexpected argument " + argument;
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = nearest_word(argument, views);
  std::string text = "unknown command " + argument;
  if (!nearest.empty()) text.append("; did you mean ").append(nearest).append("?");
  return text;
}

// A group of commands without one of them.
bool needs_command(const CLI::App& app) {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty())
    deepest = deepest->get_subcommands().back();
  return !deepest->get_subcommands({}).empty();
}

int report_usage(const CLI::App& app, const CLI::ParseError& error) {
  std::string message = error.what();
  if (error.get_name() == "ExtrasError" || !app.remaining(true).empty()) {
    message = explain_extra(app);
  } else if (error.get_name() == "RequiredError" && needs_command(app)) {
    message = "a command is missing";
  }
  const std::string hint = name_parsed_command(app) + " --help";
  return static_cast<int>(report_error({ErrorKind::config_invalid, message, hint}));
}

}  // namespace

int run_program(std::span<const AddCommand> commands, int argc, const char* const* argv) {
  CLI::App app("Writes the changes of MongoDB collections into PostgreSQL tables.", "relay");
  CommandContext context;
  app.fallthrough();  // Commands inherit it: global flags are understood behind them, too.
  app.require_subcommand(1);
  app.footer(kFooter);
  add_global_options(app, context.global);
  // For docs/cli.md and docs/metrics.md; nothing a user needs.
  std::function<std::string()> print;
  const auto add_hidden = [&](const std::string& flag, std::function<std::string()> render) {
    app.add_flag_callback(flag,
                          [&print, render] {
                            print = render;
                            throw CLI::Success();
                          })
        ->group("");
  };
  add_hidden("--print-reference", [&app] { return render_cli_reference(app); });
  add_hidden("--print-metrics", [] { return render_metrics_reference(); });
  for (const AddCommand add : commands)
    add(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help() << std::flush;
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::CallForVersion& version) {
    std::cout << version.what() << std::flush;
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::Success&) {
    if (print) std::cout << print() << std::flush;
    return static_cast<int>(ExitCode::done);
  } catch (const CLI::ParseError& error) {
    return report_usage(app, error);
  }
  return static_cast<int>(context.run());
}

}  // namespace relay
