// relay checkpoint: the stored positions of a relay that does not run. Looked at, moved, forgotten.
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "apply/checkpoint_desk.h"
#include "checkpoint/sqlite_store.h"
#include "cli/checkpoint_text.h"
#include "cli/command.h"
#include "cli/report_error.h"
#include "cli/settings_flags.h"
#include "cli/stream_names.h"

namespace relay {
namespace {

struct Change {
  std::string stream;  // Empty: the only one.
  std::string place;   // Of `set`.
  bool is_sure = false;
};

CheckpointDesk::Options desk_options(const Settings& settings) {
  return {.uri = settings.target.uri,
          .connect_timeout = settings.target.connect_timeout,
          .statement_timeout = settings.target.statement_timeout};
}

// A relay that has never run has none.
Result<std::vector<StoredStream>> read_file(const Settings& settings) {
  std::error_code failure;
  if (!std::filesystem::exists(settings.state.path, failure)) return std::vector<StoredStream>();
  return read_state_file(settings.state.path);
}

Result<std::vector<CheckpointPair>> read_pairs(const Settings& settings, CheckpointDesk& desk) {
  const Result<std::vector<StoredStream>> in_file = read_file(settings);
  if (!in_file.ok()) return in_file.error();
  const Result<std::vector<TargetCheckpoint>> in_target = desk.list();
  if (!in_target.ok()) return in_target.error();
  return pair_up(stream_names(settings), in_file.value(), in_target.value());
}

Status show(const Settings& settings, bool is_json) {
  Result<CheckpointDesk> desk = CheckpointDesk::open(desk_options(settings));
  if (!desk.ok()) return desk.error();
  const Result<std::vector<CheckpointPair>> pairs = read_pairs(settings, desk.value());
  if (!pairs.ok()) return pairs.error();
  std::cout << (is_json ? render_checkpoints_json(pairs.value())
                        : render_checkpoints_text(pairs.value()))
            << std::flush;
  return ok_status();
}

Result<CheckpointPair> choose(const std::vector<CheckpointPair>& pairs, const std::string& stream) {
  std::string names;
  for (const CheckpointPair& pair : pairs) {
    if (pair.stream == stream) return pair;
    names += (names.empty() ? "" : ", ") + pair.stream;
  }
  if (stream.empty() && pairs.size() == 1) return pairs.front();
  if (pairs.empty())
    return Error{ErrorKind::config_invalid, "no stream is known", "give the relay's --config"};
  return Error{ErrorKind::config_invalid,
               stream.empty() ? "there are several streams" : "there is no stream " + stream,
               "--stream NAME with one of: " + names};
}

// Nobody but a relay that the state file's lock has shown not to run.
Status check_lease(const CheckpointPair& pair, const std::string& owner) {
  const auto& found = pair.in_target;
  if (!found || found->lease_seconds_left <= 0 || found->owner == owner) return ok_status();
  return Error{ErrorKind::lease_held,
               "stream " + pair.stream + ": held by the relay owner=" + found->owner,
               "stop that relay; after a kill its lease ends by itself"};
}

// True: go on. Asks on a terminal, unless the user is sure.
Result<bool> confirm(const std::string& question, const Change& change) {
  std::cout << question << std::endl;
  if (change.is_sure) return true;
  if (isatty(STDIN_FILENO) != 1) {
    return Error{ErrorKind::config_invalid,
                 "nothing was changed: there is no terminal to ask on",
                 "the same with --yes"};
  }
  std::cerr << "Type yes to go on: " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes") return true;
  std::cout << "nothing was changed" << std::endl;
  return false;
}

std::string describe(const CheckpointPair& pair) {
  const auto& found = pair.in_target;
  if (found && found->stored) return format_cluster_time(found->stored->position.cluster_time);
  if (pair.in_file) return format_cluster_time(pair.in_file->position.cluster_time);
  return "nothing stored";
}

std::string ask_about(const CheckpointPair& pair, const Checkpoint& next) {
  return "stream " + pair.stream + ": from " + describe(pair) + " to " +
         format_cluster_time(next.position.cluster_time) +
         "\nChanges behind the new position are applied at the next start, those before it never "
         "again.";
}

std::string ask_about_reset(const CheckpointPair& pair) {
  const std::size_t copied = pair.in_target ? pair.in_target->tables_copied : 0;
  return "stream " + pair.stream + ": forget " + describe(pair) + " and " + std::to_string(copied) +
         " copied tables\nThe next start is like the first one: stream.start decides, and rows "
         "stay until then.";
}

// Of the definition that the stream's tokens belong to, as far as it is known. With another one the
// stream begins at the position's time.
Result<std::string> known_hash(const CheckpointPair& pair, CheckpointStore& store) {
  if (pair.in_target && pair.in_target->stored) return pair.in_target->stored->pipeline_hash;
  const Result<std::optional<Checkpoint>> in_file = store.load(pair.stream);
  if (!in_file.ok()) return in_file.error();
  return in_file.value() ? in_file.value()->pipeline_hash : std::string();
}

// Both sides of a stream that nobody writes: the state file is locked, so the relay that it belongs
// to cannot start meanwhile.
struct Opened {
  std::unique_ptr<SqliteStore> store;
  std::string owner;
  CheckpointDesk desk;
  CheckpointPair pair;
};

Result<Opened> open_stopped(const Settings& settings, const std::string& stream) {
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open_for_operator(settings.state.path);
  if (!store.ok()) return store.error();
  Result<std::string> owner = store.value()->owner();
  if (!owner.ok()) return owner.error();
  Result<CheckpointDesk> desk = CheckpointDesk::open(desk_options(settings));
  if (!desk.ok()) return desk.error();
  const Result<std::vector<CheckpointPair>> pairs = read_pairs(settings, desk.value());
  if (!pairs.ok()) return pairs.error();
  Result<CheckpointPair> pair = choose(pairs.value(), stream);
  if (!pair.ok()) return pair.error();
  if (Status free = check_lease(pair.value(), owner.value()); !free.ok()) return free.error();
  return Opened{std::move(store.value()),
                std::move(owner.value()),
                std::move(desk.value()),
                std::move(pair.value())};
}

Status set(const Settings& settings, const Change& change) {
  Result<Position> place = parse_place(change.place, std::chrono::system_clock::now());
  if (!place.ok()) return place.error();
  Result<Opened> opened = open_stopped(settings, change.stream);
  if (!opened.ok()) return opened.error();
  Opened& both = opened.value();
  Checkpoint next{.position = std::move(place.value()), .pipeline_hash = ""};
  const Result<std::string> hash = known_hash(both.pair, *both.store);
  if (!hash.ok()) return hash.error();
  if (!next.position.token.empty()) next.pipeline_hash = hash.value();
  const Result<bool> is_sure = confirm(ask_about(both.pair, next), change);
  if (!is_sure.ok()) return is_sure.error();
  if (!is_sure.value()) return ok_status();
  if (Status done = both.desk.set(both.pair.stream, both.owner, next); !done.ok()) return done;
  return both.store->replace(both.pair.stream, next);
}

Status reset(const Settings& settings, const Change& change) {
  Result<Opened> opened = open_stopped(settings, change.stream);
  if (!opened.ok()) return opened.error();
  Opened& both = opened.value();
  const Result<bool> is_sure = confirm(ask_about_reset(both.pair), change);
  if (!is_sure.ok()) return is_sure.error();
  if (!is_sure.value()) return ok_status();
  if (Status done = both.desk.reset(both.pair.stream, both.owner); !done.ok()) return done;
  return both.store->reset(both.pair.stream);
}

template <class Work>
ExitCode with_settings(const CommandContext& context, const Work& work) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::read_target));
  if (!settings.ok()) return report_error(settings.error());
  const Status done = work(settings.value());
  return done.ok() ? ExitCode::done : report_error(done.error());
}

void add_show(CLI::App& group, CommandContext& context) {
  CLI::App* command =
      group.add_subcommand("show", "Print what the state file and the target have stored");
  add_target_flag(*command, context);
  const auto is_json = std::make_shared<bool>(false);
  command->add_flag("--json", *is_json, "As JSON");
  command->footer(
      "A relay may run meanwhile.\n\nExample:\n  relay --config relay.toml checkpoint show\n");
  command->callback([&context, is_json] {
    context.run = [&context, is_json] {
      return with_settings(context,
                           [&](const Settings& settings) { return show(settings, *is_json); });
    };
  });
}

std::shared_ptr<Change> add_change_options(CLI::App& command, CommandContext& context) {
  add_target_flag(command, context);
  auto change = std::make_shared<Change>();
  command.add_option("--stream", change->stream, "The stream, when there are several")
      ->type_name("NAME");
  command.add_flag("--yes", change->is_sure, "Do not ask");
  return change;
}

void add_set(CLI::App& group, CommandContext& context) {
  CLI::App* command = group.add_subcommand("set", "Move the stored position of a stopped relay");
  const auto change = add_change_options(*command, context);
  command
      ->add_option("place",
                   change->place,
                   "A time (ISO 8601, with its zone), or a position as `checkpoint show` has it")
      ->type_name("PLACE")
      ->required();
  command->footer(
      "Back: changes since then are applied once more, which changes nothing for tables that "
      "mirror "
      "a\n"
      "collection. Forward: what lies between never arrives, unless `relay snapshot` brings it. "
      "Exits 7 while\n"
      "a relay has the state file or the stream's lease.\n"
      "\n"
      "Example:\n"
      "  relay --config relay.toml checkpoint set 2024-07-11T23:17:42Z\n");
  command->callback([&context, change] {
    context.run = [&context, change] {
      return with_settings(context,
                           [&](const Settings& settings) { return set(settings, *change); });
    };
  });
}

void add_reset(CLI::App& group, CommandContext& context) {
  CLI::App* command = group.add_subcommand(
      "reset", "Forget the position and the progress of snapshots of a stopped relay");
  const auto change = add_change_options(*command, context);
  command->footer(
      "The next start is like the first one. With stream.start = \"snapshot\" every table is "
      "copied "
      "again; rows\n"
      "stay, and those whose documents are gone are removed in the end. Exits 7 while a relay has "
      "the state\n"
      "file or the stream's lease.\n"
      "\n"
      "Example:\n"
      "  relay --config relay.toml checkpoint reset\n");
  command->callback([&context, change] {
    context.run = [&context, change] {
      return with_settings(context,
                           [&](const Settings& settings) { return reset(settings, *change); });
    };
  });
}

}  // namespace

void add_checkpoint_command(CLI::App& app, CommandContext& context) {
  CLI::App* group =
      app.add_subcommand("checkpoint", "The stored position of a stopped relay: show, set, reset");
  group->require_subcommand(1);
  group->footer("Example:\n  relay --config relay.toml checkpoint show\n");
  add_show(*group, context);
  add_set(*group, context);
  add_reset(*group, context);
}

}  // namespace relay
