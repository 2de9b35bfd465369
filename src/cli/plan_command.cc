// relay plan: everything that can be known before the first write.
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/plan_run.h"
#include "cli/plan_text.h"
#include "cli/report_error.h"
#include "cli/schema_files.h"
#include "cli/settings_flags.h"
#include "cli/table_rules.h"

namespace relay {
namespace {

constexpr std::uint64_t kSampleMax = 1'000'000;

struct PlanFlags {
  bool is_json = false;
  std::string schema_directory;  // Empty: none is written.
  SampleLimits limits;
};

constexpr const char* kFooter =
    "Asks both sides and writes to neither. Field types come from a sample: as many documents as "
    "--sample\n"
    "says, at random, and the hundred newest; types and counts are printed, never values. Exits 6 "
    "when\n"
    "something would stop the relay, 3 or 4 when a side cannot be reached within "
    "connect_timeout.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml plan\n"
    "  relay --config relay.toml plan --json | jq '.findings[]'\n"
    "  relay --config relay.toml plan --write-schema schema\n";

ExitCode plan(const CommandContext& context, const PlanFlags& flags) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::replicate));
  if (!settings.ok()) return report_error(settings.error());
  if (const Status built = refuse_unbuilt(settings.value()); !built.ok())
    return report_error(built.error());
  Result<PlanReport> report = make_plan(settings.value(), flags.limits);
  if (!report.ok()) return report_error(report.error());
  const Status written = flags.schema_directory.empty()
                             ? ok_status()
                             : write_schema_files(flags.schema_directory, report.value());
  std::cout << (flags.is_json ? render_plan_json(report.value()) : render_plan_text(report.value()))
            << std::flush;
  if (!written.ok()) return report_error(written.error());
  if (!report.value().has_blocker()) return ExitCode::done;
  return report_error({ErrorKind::check_failed,
                       "plan: " + count_findings(report.value()),
                       "what the blockers say, then relay plan once more"});
}

}  // namespace

void add_plan_command(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("plan", "Say what a relay would do, and what is in its way");
  add_replication_flags(*command, context);
  const auto flags = std::make_shared<PlanFlags>();
  command->add_flag("--json", flags->is_json, "As JSON: docs/plan.md");
  command
      ->add_option("--write-schema",
                   flags->schema_directory,
                   "Write a mapping file for each table, for schema_file")
      ->type_name("DIR");
  command
      ->add_option(
          "--sample", flags->limits.documents_max, "Documents of each collection to look at (1000)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{1}, kSampleMax).description(""));
  command->footer(kFooter);
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return plan(context, *flags); }; });
}

}  // namespace relay
