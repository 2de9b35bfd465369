// relay pause, resume and snapshot: wishes to a running relay.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/command.h"
#include "cli/report_error.h"
#include "cli/running_relay.h"
#include "cli/settings_flags.h"

namespace relay {
namespace {

struct Wish {
  std::string path;   // Of the HTTP interface.
  std::string doing;  // "pause": begins an error.
  std::string done;   // What is printed when it was heard.
};

Status send(const RunningRelay& relay, const Wish& wish) {
  const Result<HttpReply> reply = http_post(relay.address, wish.path, relay.token);
  if (!reply.ok()) return reply.error();
  return judge_reply(reply.value(), wish.doing);
}

// Every wish is sent, whatever became of those before; the exit code is the first failure's.
ExitCode send_all(const CommandContext& context, const std::vector<Wish>& wishes) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::inspect));
  if (!settings.ok()) return report_error(settings.error());
  const HttpSettings& http = settings.value().http;
  const Result<RunningRelay> relay = find_running_relay(http.listen, http.token);
  if (!relay.ok()) return report_error(relay.error());
  ExitCode exit = ExitCode::done;
  for (const Wish& wish : wishes) {
    const Status sent = send(relay.value(), wish);
    if (sent.ok()) {
      std::cout << wish.done << std::endl;
      continue;
    }
    const ExitCode failed = report_error(sent.error());
    if (exit == ExitCode::done) exit = failed;
  }
  return exit;
}

std::vector<Wish> to_snapshots(const std::vector<std::string>& tables) {
  std::vector<Wish> wishes;
  for (const std::string& table : tables) {
    wishes.push_back({"/tables/" + encode_path_part(table) + "/snapshot",
                      "snapshot of " + table,
                      "the snapshot of " + table + " is on its way"});
  }
  return wishes;
}

constexpr const char* kSnapshotFooter =
    "TABLE is the target's name, as `relay status` shows it. The collection is read again and the "
    "table\n"
    "made equal to it, while the stream goes on.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml snapshot sales.orders\n";

}  // namespace

void add_snapshot_command(CLI::App& app, CommandContext& context) {
  CLI::App* command =
      app.add_subcommand("snapshot", "Ask the running relay to take a snapshot of tables again");
  const auto tables = std::make_shared<std::vector<std::string>>();
  command->add_option("tables", *tables, "Tables of the target")->type_name("TABLE")->required();
  command->footer(kSnapshotFooter);
  command->callback([&context, tables] {
    context.run = [&context, tables] { return send_all(context, to_snapshots(*tables)); };
  });
}

void add_pause_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("pause", "Ask the running relay to write nothing more");
  command->footer(
      "The relay stays, and keeps its lease; `relay resume` lets it go on. The oplog goes on, too: "
      "see the\n"
      "oplog runway in `relay status`.\n"
      "\n"
      "Example:\n  relay --config relay.toml pause\n");
  command->callback([&context] {
    context.run = [&context] {
      return send_all(context, {{"/pause", "pause", "the relay pauses"}});
    };
  });
}

void add_resume_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("resume", "Let a paused relay go on");
  command->footer("Example:\n  relay --config relay.toml resume\n");
  command->callback([&context] {
    context.run = [&context] {
      return send_all(context, {{"/resume", "resume", "the relay goes on"}});
    };
  });
}

}  // namespace relay
