// relay cdc-relay: replicate until stopped.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/relay_run.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/signals.h"
#include "cli/table_rules.h"
#include "observe/log.h"

namespace relay {
namespace {

constexpr const char* kFooter =
    "The first SIGINT or SIGTERM finishes the batch, stores the position and exits 0; the second\n"
    "leaves at once. Nothing is lost either way, nor by kill -9: the next start goes on behind "
    "what\n"
    "the target has.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml cdc-relay\n"
    "  relay cdc-relay --source 'mongodb://localhost/?replicaSet=rs0' \\\n"
    "    --target postgresql://localhost/warehouse --table shop.orders=sales.orders\n";

ExitCode run_cdc_relay(const CommandContext& context, RunMode mode) {
  block_signals();
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::replicate));
  if (!settings.ok()) return report_error(settings.error());
  set_log_level(settings.value().log.level);
  set_log_format(settings.value().log.format);
  const Status built = refuse_unbuilt(settings.value());
  if (!built.ok()) return report_error(built.error());
  return run_relay(settings.value(), mode);
}

}  // namespace

void add_cdc_relay_command(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("cdc-relay", "Replicate the tables' collections until stopped");
  add_replication_flags(*command, context);
  const CLI::Option* once = command->add_flag_callback(
      "--once", [] {}, std::string("Catch up with the position the source has now, then exit 0"));
  command->footer(kFooter);
  command->callback([&context, once] {
    const RunMode mode = once->count() > 0 ? RunMode::once : RunMode::until_stopped;
    context.run = [&context, mode] { return run_cdc_relay(context, mode); };
  });
}

}  // namespace relay
