// relay verify: are the tables what the collections are?
#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/table_rules.h"
#include "cli/verify_json.h"
#include "cli/verify_run.h"
#include "cli/verify_text.h"
#include "config/value_text.h"

namespace relay {
namespace {

constexpr std::uint64_t kListedMax = std::numeric_limits<std::int32_t>::max();

struct VerifyFlags {
  std::vector<std::string> tables;
  std::string patience;
  std::uint64_t limit = 0;  // Differences of a table to list; 0: all.
  bool is_json = false;
  bool does_repair = false;
};

constexpr const char* kFooter =
    "Both sides may be written to meanwhile, and the relay may run: what is on its way is no "
    "difference.\n"
    "Writes nothing, unless told to --repair. Each difference is a line on standard output:\n"
    "  missing TABLE KEY   a document without its row\n"
    "  extra TABLE KEY     a row without its document\n"
    "  differs TABLE KEY   a row that is not its document's\n"
    "Progress, and a line for each table in the end, go to standard error. Exits 0 when the tables "
    "are\n"
    "the collections, or all that differed was mended; 6 when not, or when one could not be "
    "compared.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml verify\n"
    "  relay --config relay.toml verify --repair\n"
    "  relay --config relay.toml verify --table sales.orders --json\n"
    "  relay verify --source 'mongodb://localhost/?replicaSet=rs0' --target "
    "postgresql://localhost/warehouse --table shop.orders\n";

// Everything the command says: differences and JSON to standard output, the rest to standard error.
class Speaker {
 public:
  Speaker(const VerifyFlags& flags, Clock& clock)
      : flags_(flags),
        clock_(clock),
        line_([](std::string_view text) { std::cerr << text << std::flush; },
              clock,
              {.terminal = find_terminal(STDERR_FILENO)}) {}

  void tell_difference(const std::string& table, const Dispute& difference) {
    std::uint64_t& count = counts_[table];
    if (++count > flags_.limit && flags_.limit > 0) return;
    if (flags_.is_json) {
      listed_[table].push_back({difference_word(difference.verdict), difference.text});
      return;
    }
    line_.clear();
    std::cout << format_difference(table, difference) << std::endl;
  }

  void tell_stay(const std::string& table, const Dispute& difference, const std::string& why) {
    line_.clear();
    std::cerr << format_stay(table, difference, why) << std::endl;
  }

  void tell_table(const VerifiedTable& table) {
    line_.clear();
    const std::uint64_t count = counts_[table.outcome.table];
    std::cerr << format_outcome(table);
    if (flags_.limit > 0 && count > flags_.limit)
      std::cerr << " (" << count - flags_.limit << " of them are not listed)";
    std::cerr << std::endl;
  }

  void tell_note(const std::string& text) {
    line_.clear();
    std::cerr << "note: " << text << std::endl;
  }

  void show(const CheckProgress& progress) { line_.update(progress_.line(progress, clock_.now())); }

  void clear() { line_.clear(); }

  void end(const std::vector<VerifiedTable>& tables) {
    line_.clear();
    if (flags_.is_json) std::cout << render_verify_json(tables, listed_) << std::flush;
  }

 private:
  const VerifyFlags& flags_;
  Clock& clock_;
  ProgressLine line_;
  VerifyProgressText progress_;
  std::map<std::string, std::uint64_t> counts_;
  ListedDifferences listed_;
};

ExitCode judge(const std::vector<VerifiedTable>& tables) {
  std::uint64_t differences = 0;
  std::size_t uncompared = 0;
  for (const VerifiedTable& table : tables) {
    if (table.is_equal()) continue;
    differences += table.outcome.difference_count() - table.mended;
    if (!table.outcome.uncompared.empty()) ++uncompared;
  }
  if (differences > 0) {
    return report_error(
        {ErrorKind::check_failed,
         "verify: " + std::to_string(differences) + " difference" + (differences == 1 ? "" : "s"),
         "relay verify --repair; or relay snapshot TABLE copies a table again"});
  }
  if (uncompared > 0) {
    return report_error({ErrorKind::check_failed,
                         "verify: " + std::to_string(uncompared) + " of " +
                             std::to_string(tables.size()) + " tables could not be compared",
                         "relay status says how far the copy is"});
  }
  return ExitCode::done;
}

ExitCode verify(const CommandContext& context, const VerifyFlags& flags) {
  LoadRequest load = make_load_request(context, Purpose::replicate);
  // With a file they choose among its tables, else they are the tables.
  if (!context.global.config_path) load.tables = flags.tables;
  const Result<Settings> settings = load_settings(load);
  if (!settings.ok()) return report_error(settings.error());
  if (const Status built = refuse_unbuilt(settings.value()); !built.ok())
    return report_error(built.error());
  VerifyRequest request;
  if (context.global.config_path) request.tables = flags.tables;
  request.does_repair = flags.does_repair;
  if (!flags.patience.empty()) {
    const auto patience = parse_duration(flags.patience);
    if (!patience)
      return report_error({ErrorKind::config_invalid, "--wait is not a duration", "30s, or 2m"});
    request.patience = *patience;
  }
  SystemClock clock;
  Speaker speaker(flags, clock);
  const Result<std::vector<VerifiedTable>> tables = verify_tables(
      settings.value(),
      request,
      {.on_difference =
           [&](const std::string& table, const Dispute& difference) {
             speaker.tell_difference(table, difference);
           },
       .on_stay = [&](const std::string& table,
                      const Dispute& difference,
                      const std::string& why) { speaker.tell_stay(table, difference, why); },
       .on_table = [&](const VerifiedTable& table) { speaker.tell_table(table); },
       .on_note = [&](const std::string& text) { speaker.tell_note(text); },
       .show = [&](const CheckProgress& progress) { speaker.show(progress); }});
  speaker.clear();
  if (!tables.ok()) return report_error(tables.error());
  speaker.end(tables.value());
  return judge(tables.value());
}

}  // namespace

void add_verify_command(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("verify", "Compare collections and tables while both are written to");
  const auto flags = std::make_shared<VerifyFlags>();
  add_source_flag(*command, context);
  add_target_flag(*command, context);
  command
      ->add_option("--table",
                   flags->tables,
                   "Only this table of the file, named as in the target or by its collection; "
                   "without a file: collection and table as for cdc-relay; repeatable")
      ->type_name("TABLE")
      ->allow_extra_args(false);
  command->add_flag("--repair",
                    flags->does_repair,
                    "Write rows that differ or are missing anew, and remove those too many");
  command
      ->add_option("--wait",
                   flags->patience,
                   "How long to wait for a relay or a copy that stands still (30s)")
      ->type_name("TIME");
  command
      ->add_option(
          "--limit", flags->limit, "Differences to list of each table, at most; 0: all (0)")
      ->type_name("N")
      ->check(CLI::Range(std::uint64_t{0}, kListedMax).description(""));
  command->add_flag("--json", flags->is_json, "The result as JSON: docs/verify.md");
  command->footer(kFooter);
  command->callback(
      [&context, flags] { context.run = [&context, flags] { return verify(context, *flags); }; });
}

}  // namespace relay
