// relay config: the settings in force, whether they are valid, and the reference.
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/table_rules.h"
#include "config/reference.h"
#include "config/show.h"

namespace relay {
namespace {

ExitCode show_config(const CommandContext& context) {
  const Result<LoadedSettings> loaded =
      load_settings_with_origins(make_load_request(context, Purpose::inspect));
  if (!loaded.ok()) return report_error(loaded.error());
  std::cout << render_settings(loaded.value()) << std::flush;
  return ExitCode::done;
}

ExitCode check_config(const CommandContext& context) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::replicate));
  if (!settings.ok()) return report_error(settings.error());
  Result<std::vector<TableRule>> rules = to_table_rules(settings.value().tables);
  if (!rules.ok()) return report_error(rules.error());
  const Result<TableMap> map = TableMap::make(std::move(rules.value()));
  if (!map.ok()) return report_error(map.error());
  for (const UnverifiedHost& unverified : settings.value().unverified) {
    std::cerr << "warning: " << unverified.host << " is reached without TLS that verifies it, as "
              << unverified.setting << " allows" << std::endl;
  }
  std::cout << "settings are valid, tables=" << settings.value().tables.size() << std::endl;
  return ExitCode::done;
}

void add_show(CLI::App& config, CommandContext& context) {
  CLI::App* show = config.add_subcommand(
      "show", "Print the settings in force as TOML: secrets hidden, each with its origin");
  add_replication_flags(*show, context);
  show->footer("Example:\n  relay --config relay.toml config show\n");
  show->callback([&context] { context.run = [&context] { return show_config(context); }; });
}

void add_check(CLI::App& config, CommandContext& context) {
  CLI::App* check = config.add_subcommand(
      "check", "Say whether cdc-relay would start with these settings; reaches no server");
  add_replication_flags(*check, context);
  check->footer("Example:\n  relay --config relay.toml config check\n");
  check->callback([&context] { context.run = [&context] { return check_config(context); }; });
}

void add_reference(CLI::App& config, CommandContext& context) {
  CLI::App* reference = config.add_subcommand("reference", "Print what every setting means");
  const CLI::Option* format =
      reference
          ->add_option("--format", "markdown: docs/configuration.md; toml: examples/relay.toml")
          ->type_name("markdown|toml")
          ->check(CLI::IsMember({"markdown", "toml"}).description(""))
          ->default_str("markdown");
  reference->footer("Example:\n  relay config reference --format toml\n");
  reference->callback([&context, format] {
    context.run = [format] {
      const bool is_toml = format->count() > 0 && format->results().back() == "toml";
      std::cout << (is_toml ? render_reference_toml() : render_reference_markdown()) << std::flush;
      return ExitCode::done;
    };
  });
}

}  // namespace

void add_config_command(CLI::App& app, CommandContext& context) {
  CLI::App* config = app.add_subcommand("config", "Settings: show, check, reference");
  config->require_subcommand(1);
  config->footer("Example:\n  relay --config relay.toml config check\n");
  add_show(*config, context);
  add_check(*config, context);
  add_reference(*config, context);
}

}  // namespace relay
