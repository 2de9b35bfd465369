// relay status: what a running relay is doing; when none answers, what the state file says.
#include <iostream>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "checkpoint/state_reader.h"
#include "cli/command.h"
#include "cli/progress_line.h"
#include "cli/report_error.h"
#include "cli/running_relay.h"
#include "cli/settings_flags.h"
#include "cli/signals.h"
#include "cli/status_text.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kWatchInterval{2};

enum class StatusForm : std::uint8_t { text, json };

// The page to print.
Result<std::string> ask_status(const Settings& settings, StatusForm form) {
  const Result<RunningRelay> relay = find_running_relay(settings.http.listen, settings.http.token);
  Error trouble;
  if (relay.ok()) {
    const Result<HttpReply> reply = http_get(relay.value().address, "/status");
    if (reply.ok()) {
      Result<std::string> text =
          render_status_text(reply.value().body, format_http_url(relay.value().address));
      if (!text.ok() || form == StatusForm::text) return text;
      return reply.value().body;
    }
    trouble = reply.error();
  } else {
    trouble = relay.error();
  }
  const Result<std::vector<StoredStream>> stored = read_state_file(settings.state.path);
  if (!stored.ok()) {
    return Error{
        stored.error().kind, trouble.message + "\n" + stored.error().message, trouble.hint};
  }
  if (form == StatusForm::json) return render_stored_json(stored.value(), trouble.message);
  return render_stored_text(stored.value(), settings.state.path, trouble.message);
}

ExitCode show_status(const CommandContext& context, StatusForm form) {
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::inspect));
  if (!settings.ok()) return report_error(settings.error());
  const Result<std::string> page = ask_status(settings.value(), form);
  if (!page.ok()) return report_error(page.error());
  std::cout << page.value() << std::flush;
  return ExitCode::done;
}

// Until a signal comes. On a terminal each page takes the place of the one before.
ExitCode watch_status(const CommandContext& context, StatusForm form) {
  block_signals();
  const Result<Settings> settings = load_settings(make_load_request(context, Purpose::inspect));
  if (!settings.ok()) return report_error(settings.error());
  const bool is_terminal = find_terminal(STDOUT_FILENO).is_terminal;
  do {
    const Result<std::string> page = ask_status(settings.value(), form);
    if (is_terminal) std::cout << "\x1b[H\x1b[2J";
    // A relay that is being started again answers in a moment.
    std::cout << (page.ok() ? page.value() : format_error(page.error())) << std::flush;
    if (!is_terminal && form == StatusForm::text) std::cout << std::endl;
    if (!std::cout.good()) return ExitCode::done;  // Nobody reads any more.
  } while (!wait_for_signal(kWatchInterval));
  return ExitCode::done;
}

constexpr const char* kFooter =
    "Asks http.listen of the settings. When no relay answers there, the stored positions of the "
    "state file\n"
    "are shown, and the state is \"unreachable\"; the exit is 0 then, too.\n"
    "\n"
    "Example:\n"
    "  relay --config relay.toml status\n"
    "  relay --config relay.toml status --json | jq '.streams[].lag_seconds'\n";

}  // namespace

void add_status_command(CLI::App& app, CommandContext& context) {
  CLI::App* command = app.add_subcommand("status", "Show what the running relay is doing");
  const auto ignore = [] {};
  const CLI::Option* json =
      command->add_flag_callback("--json", ignore, "As the relay itself gives it: docs/http.md");
  const CLI::Option* watch =
      command->add_flag_callback("--watch", ignore, "Again every two seconds, until Ctrl-C");
  command->footer(kFooter);
  command->callback([&context, json, watch] {
    const StatusForm form = json->count() > 0 ? StatusForm::json : StatusForm::text;
    const bool is_watching = watch->count() > 0;
    context.run = [&context, form, is_watching] {
      return is_watching ? watch_status(context, form) : show_status(context, form);
    };
  });
}

}  // namespace relay
