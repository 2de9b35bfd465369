#include "cli/relay_run.h"

#include <algorithm>
#include <iterator>
#include <malloc.h>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "checkpoint/sqlite_store.h"
#include "cli/progress_report.h"
#include "cli/report_error.h"
#include "cli/service_manager.h"
#include "cli/signals.h"
#include "cli/stream_names.h"
#include "cli/stream_run.h"
#include "cli/table_rules.h"
#include "observe/log.h"
#include "pipeline/stream_report.h"
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

using Streams = std::vector<std::unique_ptr<StreamRun>>;

void log_start(const Settings& settings, const Streams& streams) {
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

void log_end(const Streams& streams) {
  for (const auto& stream : streams) {
    const ProgressSnapshot end = stream->pipeline().progress();
    log_info("relay stops",
             {{"stream", stream->name()},
              {"events", end.events_applied},
              {"upserts", end.upserts},
              {"deletes", end.deletes},
              {"dead_letters", end.dead_letters},
              {"cluster_time", end.stored.cluster_time.seconds}});
  }
}

ProgressSum sum_up(const Streams& streams, Clock& clock) {
  ProgressSum sum;
  for (const auto& stream : streams) {
    const ProgressSnapshot now = stream->pipeline().progress();
    sum.events += now.events_applied;
    sum.upserts += now.upserts;
    sum.deletes += now.deletes;
    sum.dead_letters += now.dead_letters;
    sum.lag_seconds = std::max(sum.lag_seconds, lag_seconds(now, clock.wall_now()));
    for (SnapshotReport& snapshot : stream->pipeline().snapshots()) {
      if (snapshot.state != SnapshotState::done && snapshot.state != SnapshotState::dropped)
        sum.snapshots.push_back(std::move(snapshot));
    }
  }
  return sum;
}

// A stream that fails ends alone; the others go on, and the relay ends with its exit code.
class Failures {
 public:
  void look(const Streams& streams) {
    for (const auto& stream : streams) {
      if (!stream->pipeline().is_finished() || !seen_.insert(stream.get()).second) continue;
      const std::optional<Error> failure = stream->pipeline().failure();
      if (!failure) continue;
      if (!first_) first_ = failure;
      if (streams.size() > 1) {
        log_error("stream has failed, the others go on",
                  {{"stream", stream->name()}, {"error", failure->message}});
      }
    }
  }
  [[nodiscard]] const std::optional<Error>& first() const { return first_; }
  [[nodiscard]] bool are_all_over(const Streams& streams) const {
    return seen_.size() == streams.size();
  }

 private:
  std::set<const StreamRun*> seen_;  // Ended.
  std::optional<Error> first_;
};

RelayReport make_report(const Streams& streams, const BeatLimits& limits, Clock& clock) {
  RelayReport report;
  report.version = kVersion;
  report.git_description = kGitDescription;
  for (const auto& stream : streams)
    add_stream(report, stream->name(), stream->pipeline(), limits, clock);
  return report;
}

// Until every stream has ended. The first signal drains, the second leaves at once. Returns the
// first.
std::optional<int> wait_for_end(const Streams& streams,
                                const BeatLimits& limits,
                                Failures& failures,
                                Clock& clock) {
  ProgressReport report(clock);
  ServiceManager service(ServiceManager::read_environment(), clock);
  std::optional<int> first;
  for (;;) {
    failures.look(streams);
    if (failures.are_all_over(streams)) break;
    if (service.is_due()) service.update(make_report(streams, limits, clock));
    const std::optional<int> signal = wait_for_signal(kSignalPoll);
    if (signal && first) _exit(128 + *signal);
    if (signal) {
      first = signal;
      service.stopping();
      report.clear();
      log_info("stop requested, finishing the batch; a second signal leaves at once",
               {{"signal", *signal}});
      for (const auto& stream : streams)
        stream->pipeline().drain();
    }
    if (report.is_due()) report.update(sum_up(streams, clock));
  }
  service.stopping();
  report.clear();
  return first;
}

SteerAnswer set_paused(const Streams& streams, bool is_paused) {
  for (const auto& stream : streams)
    stream->pipeline().set_paused(is_paused);
  log_info(is_paused ? "paused, nothing is applied until resumed" : "resumed", {});
  return {};
}

SteerAnswer request_snapshot(const Streams& streams, const std::string& table) {
  for (const auto& stream : streams) {
    if (!stream->pipeline().request_snapshot(table)) continue;
    log_info("snapshot requested", {{"table", table}});
    return {};
  }
  return {.outcome = SteerOutcome::unknown_table, .reason = "no table " + table};
}

// Null: switched off. What is shown and steered is up before the servers are reached.
Result<std::unique_ptr<HttpServer>> open_http(const Settings& settings,
                                              const Streams& streams,
                                              const BeatLimits& limits,
                                              Clock& clock) {
  if (settings.http.listen.empty()) return std::unique_ptr<HttpServer>();
  return HttpServer::open(
      {.listen = settings.http.listen, .token = settings.http.token},
      {.report = [&, limits] { return make_report(streams, limits, clock); },
       .pause = [&] { return set_paused(streams, true); },
       .resume = [&] { return set_paused(streams, false); },
       .snapshot = [&](const std::string& table) { return request_snapshot(streams, table); }},
      clock);
}

Result<Streams> make_streams(const Settings& settings,
                             RunMode mode,
                             const std::string& owner,
                             StreamRun::Links links) {
  Streams streams;
  for (const std::string& name : stream_names(settings)) {
    std::vector<TableSettings> tables;
    std::ranges::copy_if(settings.tables, std::back_inserter(tables), [&](const auto& table) {
      return table.stream == name;
    });
    Result<std::unique_ptr<StreamRun>> made =
        StreamRun::make(settings, name, tables, owner, mode, links);
    if (!made.ok()) return made.error();
    streams.push_back(std::move(made.value()));
  }
  return streams;
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
  Result<Streams> streams =
      make_streams(settings, mode, owner.value(), {.store = *store.value(), .clock = clock});
  if (!streams.ok()) return report_error(streams.error());
  BeatLimits limits;
  limits.applying += settings.target.statement_timeout;
  // A one-time run is nobody's service.
  Result<std::unique_ptr<HttpServer>> http =
      mode == RunMode::once ? std::unique_ptr<HttpServer>()
                            : open_http(settings, streams.value(), limits, clock);
  // Nobody asked for the default address: a second relay of the machine goes on without.
  const bool is_default = settings.http.listen == HttpSettings().listen;
  if (!http.ok() && !is_default) return report_error(http.error());
  if (!http.ok()) log_warn("no HTTP", {{"error", http.error().message}});
  log_start(settings, streams.value());
  for (const auto& stream : streams.value())
    stream->pipeline().start();
  Failures failures;
  const std::optional<int> signal = wait_for_end(streams.value(), limits, failures, clock);
  log_end(streams.value());
  if (failures.first()) return report_error(*failures.first());
  // Stopped before its end, a one-time run has not done what it was asked for.
  if (signal && mode == RunMode::once) return static_cast<ExitCode>(128 + *signal);
  return ExitCode::done;
}

}  // namespace relay
