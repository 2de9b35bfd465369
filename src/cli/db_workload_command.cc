// relay db-workload: reproducible writes to the source.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/signals.h"
#include "cli/workload_report.h"
#include "config/value_text.h"
#include "workload/run_workload.h"

namespace relay {
namespace {

constexpr std::uint64_t kOperationsDefault = 10'000;
// Also what makes of a negative number, which the parser wraps round, an error.
constexpr std::uint64_t kOperationsMax = 1'000'000'000'000;
constexpr std::uint64_t kSeedMax = std::numeric_limits<std::int64_t>::max();  // Stored as an int64.
constexpr std::chrono::milliseconds kSignalPoll{50};

constexpr const char* kFooter =
    "Equal profile, seed, operations, writers, mix and document size give equal operations and "
    "the\n"
    "same digest. SIGINT or SIGTERM ends after the batch in flight, with the digest of what was "
    "done;\n"
    "a second one leaves at once.\n"
    "\n"
    "Example:\n"
    "  relay db-workload --source 'mongodb://localhost/?replicaSet=rs0' --ops 100000 --writers 4\n";

// What the flags said, before it is known whether it makes sense.
struct WorkloadFlags {
  WorkloadOptions options;
  std::string profile = "orders";
  std::uint64_t operation_count = 0;
  std::string duration;
  std::string rate;
  double update_share = 0;
  bool is_insert_only = false;
  bool does_drop = false;
  bool does_append = false;
  bool does_verify = false;
};

// "500" or "500/s".
std::optional<std::uint64_t> parse_rate(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  if (text.empty() || text.size() > 9) return std::nullopt;
  if (text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const std::uint64_t rate = std::stoull(std::string(text));
  return rate > 0 ? std::optional(rate) : std::nullopt;
}

// Shows what happens until the runner has ended; the first signal asks it to.
void watch(const WorkloadOptions& options,
           const WorkloadProgress& progress,
           const std::atomic<bool>& has_ended,
           std::stop_source& stop) {
  SystemClock clock;
  const TerminalInfo terminal = find_terminal(STDERR_FILENO);
  ProgressLine line([](std::string_view text) { std::cerr << text << std::flush; },
                    clock,
                    {.terminal = terminal, .plain_interval = std::chrono::seconds(5)});
  std::optional<WorkloadReport> report;
  std::string trouble;
  while (!has_ended) {
    if (const std::optional<int> signal_number = wait_for_signal(kSignalPoll)) {
      if (stop.stop_requested()) std::_Exit(128 + *signal_number);
      stop.request_stop();
    }
    const std::string trouble_now = progress.trouble();
    if (trouble_now != trouble && !trouble_now.empty()) {
      line.clear();
      std::cerr << "waiting for the source: " << trouble_now << std::endl;
    }
    trouble = trouble_now;
    const WorkloadCounts counts = progress.counts();
    if (counts.total() == 0) continue;
    if (!report) report.emplace(options, counts.total(), clock.now());
    if (report->is_ready(clock.now())) line.update(report->line(counts, clock.now()));
  }
  line.clear();
}

ExitCode run_db_workload(const CommandContext& context, const WorkloadOptions& options) {
  block_signals();
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::generate));
  if (!settings.ok()) return report_error(settings.error());
  WorkloadProgress progress;
  SystemClock clock;
  std::stop_source stop;
  std::atomic<bool> has_ended = false;
  Result<WorkloadSummary> result = WorkloadSummary{};
  {
    const std::jthread runner([&] {
      result =
          run_workload(options, settings.value().source.uri, progress, clock, stop.get_token());
      has_ended = true;
    });
    watch(options, progress, has_ended, stop);
  }
  if (!result.ok()) return report_error(result.error());
  std::cout << format_summary(result.value()) << std::flush;
  if (result.value().is_as_expected()) return ExitCode::done;
  return report_error({ErrorKind::check_failed,
                       "verify the workload: a collection is not what the operations lead to",
                       "see verify=differs above; does something else write to the collection?"});
}

// The rest of the checks: those that a single flag cannot make.
Result<WorkloadOptions> to_options(const WorkloadFlags& flags, const CLI::App& command) {
  WorkloadOptions options = flags.options;
  options.profile = parse_profile(flags.profile).value_or(WorkloadProfile::orders);
  if (command.count("--duration") > 0) {
    const auto duration = parse_duration(flags.duration);
    if (!duration || duration->count() <= 0) {
      return Error{ErrorKind::config_invalid, "--duration is not a duration", "30s, 5m or 1h"};
    }
    options.duration = *duration;
  }
  if (command.count("--rate") > 0) {
    const auto rate = parse_rate(flags.rate);
    if (!rate) return Error{ErrorKind::config_invalid, "--rate is not a rate", "500/s or 500"};
    options.rate = *rate;
  }
  const bool has_count = command.count("--ops") > 0;
  options.operation_count =
      has_count || options.duration.count() > 0 ? flags.operation_count : kOperationsDefault;
  if (command.count("--update-share") > 0) {
    options.update_per_mille = static_cast<std::uint32_t>(flags.update_share * 1'000 + 0.5);
  }
  if (flags.is_insert_only) options.mix = WorkloadMix::insert_only;
  if (flags.does_drop) options.existing = ExistingDocuments::drop;
  if (flags.does_append) options.existing = ExistingDocuments::append;
  if (flags.does_verify) options.check = AfterCheck::verify;
  return options;
}

void add_amount_flags(CLI::App& command, WorkloadFlags& flags) {
  command
      .add_option("--ops",
                  flags.operation_count,
                  "Operations of all writers together; 0: no limit (10000, none with --duration)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{0}, kOperationsMax).description(""));
  command.add_option("--duration", flags.duration, "End after this time")->type_name("TIME");
  command
      .add_option("--rate", flags.rate, "Operations a second of all writers; else at full speed")
      ->type_name("N/s");
  command
      .add_option("--writers", flags.options.writer_count, "Writers, each with keys of its own (1)")
      ->type_name("N")
      ->check(CLI::Range(1U, kWritersMax).description(""));
  command.add_option("--seed", flags.options.seed, "Another seed, other operations and keys (1)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{0}, kSeedMax).description(""));
}

void add_shape_flags(CLI::App& command, WorkloadFlags& flags) {
  command.add_option("--db", flags.options.database, "Database to write to (workload)")
      ->type_name("NAME");
  command
      .add_option("--profile",
                  flags.profile,
                  "orders: nested documents, every kind of write; sensors: small inserts, few "
                  "updates; users: documents gain a field half-way (orders)")
      ->type_name("orders|sensors|users")
      ->check(CLI::IsMember({"orders", "sensors", "users"}).description(""));
  CLI::Option* insert_only =
      command.add_flag("--insert-only", flags.is_insert_only, "Nothing but inserts");
  command.add_option("--update-share", flags.update_share, "Share of updates, 0 to 1")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->excludes(insert_only);
  command
      .add_option(
          "--document-bytes", flags.options.document_bytes, "Pad new documents to this size")
      ->type_name("N")
      ->check(CLI::Range(0U, kDocumentBytesMax).description(""));
}

void add_check_flags(CLI::App& command, WorkloadFlags& flags) {
  CLI::Option* drop =
      command.add_flag("--drop", flags.does_drop, "Drop the profile's collections first");
  command
      .add_flag("--append",
                flags.does_append,
                "Add to documents that are there; needs a seed not used before")
      ->excludes(drop);
  command.add_flag("--verify",
                   flags.does_verify,
                   "Read the collections back and compare; exit 6 when they differ");
}

}  // namespace

void add_db_workload_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand(
      "db-workload", "Write a reproducible workload into the source; print a digest of the result");
  const auto flags = std::make_shared<WorkloadFlags>();
  add_source_flag(*command, context);
  add_shape_flags(*command, *flags);
  add_amount_flags(*command, *flags);
  add_check_flags(*command, *flags);
  command->footer(kFooter);
  command->callback([&context, flags, command] {
    context.run = [&context, flags, command] {
      const Result<WorkloadOptions> options = to_options(*flags, *command);
      if (!options.ok()) return report_error(options.error());
      return run_db_workload(context, options.value());
    };
  });
}

}  // namespace relay
