// relay dead-letter: what could not be written, and what becomes of it.
#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "apply/dead_letter_desk.h"
#include "cli/command.h"
#include "cli/dead_letter_text.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/stream_maps.h"
#include "cli/table_rules.h"
#include "cli/text_table.h"
#include "pipeline/letter_retry.h"

namespace relay {
namespace {

constexpr std::size_t kListedDefault = 100;
constexpr std::size_t kListedMax = 100'000;

// Which letters a command is about: one of the three.
struct Choice {
  std::vector<std::string> ids;
  std::string table;
  bool is_all = false;
};

Status check_choice(const Choice& choice) {
  const int given =
      (choice.ids.empty() ? 0 : 1) + (choice.table.empty() ? 0 : 1) + (choice.is_all ? 1 : 0);
  if (given == 1) return ok_status();
  return Error{ErrorKind::config_invalid,
               given == 0 ? "no dead letter is named" : "name dead letters in one way",
               "give their ids, --table TABLE or --all"};
}

Error no_such_letter(const std::string& id) {
  return {ErrorKind::config_invalid,
          "there is no dead letter " + printable(id),
          "relay dead-letter list --all"};
}

DeadLetterDesk::Options desk_options(const Settings& settings) {
  return {.uri = settings.target.uri,
          .connect_timeout = settings.target.connect_timeout,
          .statement_timeout = settings.target.statement_timeout};
}

// Loads the settings, connects, and does `work`; an error is reported.
template <class Work>
ExitCode at_desk(const CommandContext& context, const Work& work) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::read_target));
  if (!settings.ok()) return report_error(settings.error());
  Result<DeadLetterDesk> desk = DeadLetterDesk::open(desk_options(settings.value()));
  if (!desk.ok()) return report_error(desk.error());
  const Status done = work(desk.value());
  return done.ok() ? ExitCode::done : report_error(done.error());
}

Status print_list(DeadLetterDesk& desk,
                  const LetterFilter& filter,
                  std::size_t limit,
                  bool is_json) {
  LetterList list{.filter = filter};
  const Result<std::uint64_t> total = desk.count(filter);
  if (!total.ok()) return total.error();
  list.total = total.value();
  Result<std::vector<StoredLetter>> letters = desk.list(filter, limit);
  if (!letters.ok()) return letters.error();
  list.letters = std::move(letters.value());
  std::cout << (is_json ? render_letters_json(list) : render_letters_text(list)) << std::flush;
  return ok_status();
}

Status print_letter(DeadLetterDesk& desk, const std::string& id, bool is_json) {
  const Result<std::optional<StoredLetter>> letter = desk.show(id);
  if (!letter.ok()) return letter.error();
  if (!letter.value()) return no_such_letter(id);
  std::cout << (is_json ? render_letter_json(*letter.value()) : render_letter_text(*letter.value()))
            << std::flush;
  return ok_status();
}

Status discard(DeadLetterDesk& desk, const Choice& choice) {
  if (Status good = check_choice(choice); !good.ok()) return good;
  for (const std::string& id : choice.ids) {
    const Result<std::optional<StoredLetter>> letter = desk.show(id);
    if (!letter.ok()) return letter.error();
    if (!letter.value()) return no_such_letter(id);
  }
  const Result<std::uint64_t> closed =
      choice.ids.empty() ? desk.discard_all(choice.table) : desk.discard(choice.ids);
  if (!closed.ok()) return closed.error();
  std::cout << "discarded=" << closed.value() << std::endl;
  return ok_status();
}

// The oldest first: the order in which they came.
Result<std::vector<StoredLetter>> find_letters(DeadLetterDesk& desk, const Choice& choice) {
  std::vector<StoredLetter> letters;
  for (const std::string& id : choice.ids) {
    Result<std::optional<StoredLetter>> letter = desk.show(id);
    if (!letter.ok()) return letter.error();
    if (!letter.value()) return no_such_letter(id);
    letters.push_back(std::move(*letter.value()));
  }
  if (!choice.ids.empty()) return letters;
  Result<std::vector<StoredLetter>> listed = desk.list({.table = choice.table}, kListedMax);
  if (listed.ok()) std::ranges::reverse(listed.value());
  return listed;
}

std::string describe(const RetryResult& result) {
  switch (result.outcome) {
    case RetryResult::Outcome::written:
      return "written";
    case RetryResult::Outcome::removed:
      return "removed: the table does not have the document any more";
    case RetryResult::Outcome::closed_before:
      return "closed before";
    case RetryResult::Outcome::stays:
      break;
  }
  return "stays: " + result.why;
}

Status retry_letters(const Settings& settings, const std::vector<StoredLetter>& letters) {
  Result<std::map<std::string, TableMap>> maps = make_stream_maps(settings.tables);
  if (!maps.ok()) return maps.error();
  const Result<std::unique_ptr<ChangeSource>> source = make_reading_source(settings);
  if (!source.ok()) return source.error();
  Result<LetterWriter> writer = LetterWriter::open(desk_options(settings));
  if (!writer.ok()) return writer.error();
  LetterRetry retry({.source = *source.value(), .writer = writer.value(), .tables = maps.value()});
  if (Status found = retry.find_tables(); !found.ok()) return found;
  std::size_t staying = 0;
  for (const StoredLetter& letter : letters) {
    const Result<RetryResult> result = retry.retry(letter);
    if (!result.ok()) return result.error();
    if (result.value().outcome == RetryResult::Outcome::stays) ++staying;
    std::cout << printable(letter.id) << " " << printable(letter.table) << " "
              << describe(result.value()) << std::endl;
  }
  if (staying == 0) return ok_status();
  return Error{ErrorKind::check_failed,
               std::to_string(staying) + " of " + std::to_string(letters.size()) +
                   " dead letters could not be written",
               "change the mapping or the documents, or relay dead-letter discard"};
}

ExitCode retry(const CommandContext& context, const Choice& choice) {
  if (const Status good = check_choice(choice); !good.ok()) return report_error(good.error());
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::replicate));
  if (!settings.ok()) return report_error(settings.error());
  if (const Status built = refuse_unbuilt(settings.value()); !built.ok())
    return report_error(built.error());
  Result<DeadLetterDesk> desk = DeadLetterDesk::open(desk_options(settings.value()));
  if (!desk.ok()) return report_error(desk.error());
  const Result<std::vector<StoredLetter>> letters = find_letters(desk.value(), choice);
  if (!letters.ok()) return report_error(letters.error());
  if (letters.value().empty()) {
    std::cout << "no open dead letters" << std::endl;
    return ExitCode::done;
  }
  const Status done = retry_letters(settings.value(), letters.value());
  return done.ok() ? ExitCode::done : report_error(done.error());
}

std::shared_ptr<Choice> add_choice(CLI::App& command) {
  auto choice = std::make_shared<Choice>();
  command.add_option("ids", choice->ids, "Ids of letters, as `relay dead-letter list` has them")
      ->type_name("ID");
  command.add_option("--table", choice->table, "Every open letter of this table of the target")
      ->type_name("TABLE");
  command.add_flag("--all", choice->is_all, "Every open letter");
  return choice;
}

void add_list(CLI::App& group, CommandContext& context) {
  CLI::App* command = group.add_subcommand("list", "List the open letters, the newest first");
  add_target_flag(*command, context);
  const auto filter = std::make_shared<LetterFilter>();
  const auto limit = std::make_shared<std::size_t>(kListedDefault);
  const auto is_json = std::make_shared<bool>(false);
  command->add_option("--table", filter->table, "Only those of this table of the target")
      ->type_name("TABLE");
  command->add_flag("--all", filter->includes_closed, "Closed ones, too");
  command->add_option("--limit", *limit, "Letters to list, at most (100)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kListedMax).description(""));
  command->add_flag("--json", *is_json, "As JSON; names are the columns of relay.dead_letter");
  command->footer("Example:\n  relay --config relay.toml dead-letter list --table sales.orders\n");
  command->callback([&context, filter, limit, is_json] {
    context.run = [&context, filter, limit, is_json] {
      return at_desk(context, [&](DeadLetterDesk& desk) {
        return print_list(desk, *filter, *limit, *is_json);
      });
    };
  });
}

void add_show(CLI::App& group, CommandContext& context) {
  CLI::App* command = group.add_subcommand("show", "Print a letter whole, with its document");
  add_target_flag(*command, context);
  const auto id = std::make_shared<std::string>();
  const auto is_json = std::make_shared<bool>(false);
  command->add_option("id", *id, "Id of the letter")->type_name("ID")->required();
  command->add_flag("--json", *is_json, "As JSON; the document is a text in it");
  command->footer("Example:\n  relay --config relay.toml dead-letter show 12\n");
  command->callback([&context, id, is_json] {
    context.run = [&context, id, is_json] {
      return at_desk(context,
                     [&](DeadLetterDesk& desk) { return print_letter(desk, *id, *is_json); });
    };
  });
}

void add_retry(CLI::App& group, CommandContext& context) {
  CLI::App* command =
      group.add_subcommand("retry", "Read documents again from the source and write them");
  add_source_flag(*command, context);
  add_target_flag(*command, context);
  const auto choice = add_choice(*command);
  command->footer(
      "What is written is the document as the source has it now, under the settings as they are "
      "now. On\n"
      "PostgreSQL a relay may run meanwhile; on CrateDB none may, and the command exits 7 if one "
      "does. Give it\n"
      "the relay's settings. Exits 6 when a letter could not be written.\n"
      "\n"
      "Example:\n"
      "  relay --config relay.toml dead-letter retry 12 13\n"
      "  relay --config relay.toml dead-letter retry --all\n");
  command->callback(
      [&context, choice] { context.run = [&context, choice] { return retry(context, *choice); }; });
}

void add_discard(CLI::App& group, CommandContext& context) {
  CLI::App* command = group.add_subcommand("discard", "Close letters; their rows stay as they are");
  add_target_flag(*command, context);
  const auto choice = add_choice(*command);
  command->footer(
      "The letters stay in relay.dead_letter, closed.\n"
      "\n"
      "Example:\n  relay --config relay.toml dead-letter discard 12 13\n");
  command->callback([&context, choice] {
    context.run = [&context, choice] {
      if (const Status good = check_choice(*choice); !good.ok()) return report_error(good.error());
      return at_desk(context, [&](DeadLetterDesk& desk) { return discard(desk, *choice); });
    };
  });
}

}  // namespace

void add_dead_letter_command(CLI::App& app, CommandContext& context) {
  CLI::App* group =
      app.add_subcommand("dead-letter", "What could not be written: list, show, retry, discard");
  group->require_subcommand(1);
  group->footer("Example:\n  relay --config relay.toml dead-letter list\n");
  add_list(*group, context);
  add_show(*group, context);
  add_retry(*group, context);
  add_discard(*group, context);
}

}  // namespace relay
