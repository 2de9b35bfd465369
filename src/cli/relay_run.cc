#include "cli/relay_run.h"

#include <malloc.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "checkpoint/sqlite_store.h"
#include "cli/progress_report.h"
#include "cli/report_error.h"
#include "cli/service_manager.h"
#include "cli/signals.h"
#include "cli/stream_set.h"
#include "cli/table_rules.h"
#include "core/failpoint.h"
#include "observe/log.h"
#include "server/http_server.h"
#include "version.h"

namespace relay {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSignalPoll{200};

// Buffers of a batch are about as large as the last ones. Keeping them in the heap instead of
// giving the pages back each time saves a fifth of the CPU; the peak stays the same
// (docs/performance.md).
void keep_buffers_in_the_heap() {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

void log_start(const Settings& settings, const StreamSet& streams) {
  log_info("relay starts",
           {{"version", kVersion},
            {"git", kGitDescription},
            {"source", format_uri_redacted(settings.source.uri.reveal())},
            {"target", format_uri_redacted(settings.target.uri.reveal())},
            {"state", settings.state.path},
            {"streams", streams.size()},
            {"tables", settings.tables.size()}});
  for (const UnverifiedHost& unverified : settings.unverified) {
    log_warn("a host is reached without TLS that verifies it, as the settings allow",
             {{"host", unverified.host}, {"setting", unverified.setting}});
  }
}

// Until every stream has ended. The first signal drains, the second leaves at once. Returns the
// first.
std::optional<int> wait_for_end(StreamSet& streams, Clock& clock) {
  ProgressReport report(clock);
  ServiceManager service(ServiceManager::read_environment(), clock);
  std::optional<int> first;
  for (;;) {
    streams.look();
    if (streams.is_over()) break;
    if (service.is_due()) service.update(streams.report());
    const std::optional<int> signal = wait_for_signal(kSignalPoll);
    if (signal && first) _exit(128 + *signal);
    if (signal) {
      first = signal;
      service.stopping();
      report.clear();
      log_info("stop requested, finishing the batch; a second signal leaves at once",
               {{"signal", *signal}});
      pass(Failpoint::stop_requested);
      streams.drain();
    }
    if (report.is_due()) report.update(streams.sum_up());
  }
  service.stopping();
  report.clear();
  return first;
}

// Null: switched off. What is shown and steered is up before the servers are reached.
Result<std::unique_ptr<HttpServer>> open_http(const Settings& settings,
                                              StreamSet& streams,
                                              Clock& clock) {
  if (settings.http.listen.empty()) return std::unique_ptr<HttpServer>();
  return HttpServer::open(
      {.listen = settings.http.listen, .token = settings.http.token},
      {.report = [&] { return streams.report(); },
       .pause = [&] { return streams.set_paused(true); },
       .resume = [&] { return streams.set_paused(false); },
       .snapshot = [&](const std::string& table) { return streams.request_snapshot(table); }},
      clock);
}

}  // namespace

ExitCode run_relay(const Settings& settings, RunMode mode) {
  keep_buffers_in_the_heap();
  // Before anything is touched: two streams must not feed one table.
  Result<std::vector<TableRule>> rules = to_table_rules(settings.tables);
  if (!rules.ok()) return report_error(rules.error());
  const Result<TableMap> all = TableMap::make(std::move(rules.value()));
  if (!all.ok()) return report_error(all.error());
  Result<std::unique_ptr<CheckpointStore>> store = SqliteStore::open(settings.state.path);
  if (!store.ok()) return report_error(store.error());
  Result<std::string> owner = store.value()->owner();
  if (!owner.ok()) return report_error(owner.error());
  SystemClock clock;
  const Result<std::unique_ptr<StreamSet>> made =
      StreamSet::make(settings, mode, owner.value(), {.store = *store.value(), .clock = clock});
  if (!made.ok()) return report_error(made.error());
  StreamSet& streams = *made.value();
  // A one-time run is nobody's service.
  Result<std::unique_ptr<HttpServer>> http =
      mode == RunMode::once ? std::unique_ptr<HttpServer>() : open_http(settings, streams, clock);
  // Nobody asked for the default address: a second relay of the machine goes on without.
  const bool is_default = settings.http.listen == HttpSettings().listen;
  if (!http.ok() && !is_default) return report_error(http.error());
  if (!http.ok()) log_warn("no HTTP", {{"error", http.error().message}});
  log_start(settings, streams);
  streams.start();
  const std::optional<int> signal = wait_for_end(streams, clock);
  pass(Failpoint::stop_ended);
  streams.log_end();
  if (streams.first_failure()) return report_error(*streams.first_failure());
  // Stopped before its end, a one-time run has not done what it was asked for.
  if (signal && mode == RunMode::once) return static_cast<ExitCode>(128 + *signal);
  return ExitCode::done;
}

}  // namespace relay
