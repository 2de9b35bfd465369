#include "cli/relay_run.h"

#include <cstdio>
#include <malloc.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include "apply/postgres_sink.h"
#include "checkpoint/sqlite_store.h"
#include "cli/progress_line.h"
#include "cli/report_error.h"
#include "cli/signals.h"
#include "cli/table_rules.h"
#include "observe/log.h"
#include "pipeline/pipeline.h"
#include "source/mongo_source.h"
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

StreamScope to_stream_scope(const WatchScope& scope) {
  return {.database = scope.single_database(),
          .exact = scope.exact,
          .everything = !scope.patterns.empty()};
}

StartSetting to_start_setting(const StreamStart& start) {
  if (start.kind != StreamStart::Kind::time) return {StartNow{}};
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(start.time).time_since_epoch().count();
  return {StartAtTime{{static_cast<std::uint32_t>(seconds), 0}}};
}

PipelineOptions to_pipeline_options(const Settings& settings, RunMode mode) {
  PipelineOptions options;
  options.stream = settings.tables.front().stream;
  options.start = to_start_setting(settings.stream.start);
  options.mode = mode;
  options.limits = {.rows_max = static_cast<std::size_t>(settings.target.batch_rows),
                    .bytes_max = static_cast<std::size_t>(settings.target.batch_bytes)};
  options.lease = settings.ha.lease;
  if (mode == RunMode::once) {
    options.source_outage_max = settings.source.connect_timeout;
    options.target_outage_max = settings.target.connect_timeout;
  }
  return options;
}

Result<std::unique_ptr<MongoSource>> make_source(const Settings& settings, const TableMap& tables) {
  return MongoSource::make({.uri = settings.source.uri,
                            .scope = to_stream_scope(tables.scope()),
                            .await = settings.source.await,
                            .connect_timeout = settings.source.connect_timeout});
}

std::unique_ptr<Sink> make_sink(const Settings& settings,
                                const PipelineOptions& options,
                                std::string owner) {
  return PostgresSink::make({.uri = settings.target.uri,
                             .stream = options.stream,
                             .owner = std::move(owner),
                             .lease = settings.ha.lease,
                             .statement_timeout = settings.target.statement_timeout,
                             .connect_timeout = settings.target.connect_timeout});
}

// The live line on a terminal; elsewhere a log line every ten seconds while something happens.
class ProgressReport {
 public:
  explicit ProgressReport(Clock& clock)
      : clock_(clock),
        terminal_(find_terminal(STDERR_FILENO)),
        line_([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); },
              clock,
              {.terminal = terminal_}),
        since_(clock.now()) {}

  void update(const ProgressSnapshot& now) {
    const double seconds = std::chrono::duration<double>(clock_.now() - since_).count();
    if (seconds < (terminal_.is_terminal ? 1.0 : 10.0)) return;
    const double rate = static_cast<double>(now.events_applied - events_) / seconds;
    const double lag = lag_seconds(now, clock_.wall_now());
    const bool is_news = now.events_applied != events_;
    events_ = now.events_applied;
    since_ = clock_.now();
    if (terminal_.is_terminal) {
      char text[160];
      std::snprintf(
          text,
          sizeof text,
          "events %llu  rate %.0f/s  lag %.1f s  upserts %llu  deletes %llu  dead letters %llu",
          static_cast<unsigned long long>(now.events_applied),
          rate,
          lag,
          static_cast<unsigned long long>(now.upserts),
          static_cast<unsigned long long>(now.deletes),
          static_cast<unsigned long long>(now.dead_letters));
      line_.update(text);
    } else if (is_news) {
      log_info("progress",
               {{"events", now.events_applied},
                {"rate", rate},
                {"lag_seconds", lag},
                {"upserts", now.upserts},
                {"deletes", now.deletes},
                {"dead_letters", now.dead_letters}});
    }
  }

  void clear() { line_.clear(); }

 private:
  Clock& clock_;
  TerminalInfo terminal_;
  ProgressLine line_;
  Clock::TimePoint since_;
  std::uint64_t events_ = 0;
};

void log_start(const Settings& settings, const PipelineOptions& options) {
  log_info("relay starts",
           {{"version", kVersion},
            {"git", kGitDescription},
            {"source", format_uri_redacted(settings.source.uri.reveal())},
            {"target", format_uri_redacted(settings.target.uri.reveal())},
            {"state", settings.state.path},
            {"stream", options.stream},
            {"tables", settings.tables.size()}});
}

void log_end(const ProgressSnapshot& end) {
  log_info("relay stops",
           {{"events", end.events_applied},
            {"upserts", end.upserts},
            {"deletes", end.deletes},
            {"dead_letters", end.dead_letters},
            {"position", end.stored.token},
            {"cluster_time", end.stored.cluster_time.seconds}});
}

// Until the pipeline has ended. The first signal drains, the second leaves at once. Returns the
// first.
std::optional<int> wait_for_end(Pipeline& pipeline, Clock& clock) {
  ProgressReport report(clock);
  std::optional<int> first;
  while (!pipeline.is_finished()) {
    const std::optional<int> signal = wait_for_signal(kSignalPoll);
    if (signal && first) _exit(128 + *signal);
    if (signal) {
      first = signal;
      report.clear();
      log_info("stop requested, finishing the batch; a second signal leaves at once",
               {{"signal", *signal}});
      pipeline.drain();
    }
    report.update(pipeline.progress());
  }
  report.clear();
  return first;
}

}  // namespace

ExitCode run_relay(const Settings& settings, RunMode mode) {
  keep_buffers_in_the_heap();
  Result<TableMap> tables = TableMap::make(to_table_rules(settings.tables));
  if (!tables.ok()) return report_error(tables.error());
  const PipelineOptions options = to_pipeline_options(settings, mode);
  log_start(settings, options);
  Result<std::unique_ptr<CheckpointStore>> store = SqliteStore::open(settings.state.path);
  if (!store.ok()) return report_error(store.error());
  Result<std::string> owner = store.value()->owner();
  if (!owner.ok()) return report_error(owner.error());
  Result<std::unique_ptr<MongoSource>> source = make_source(settings, tables.value());
  if (!source.ok()) return report_error(source.error());
  const std::unique_ptr<Sink> sink = make_sink(settings, options, owner.value());

  SystemClock clock;
  Pipeline pipeline({.source = *source.value(),
                     .sink = *sink,
                     .store = *store.value(),
                     .clock = clock,
                     .tables = tables.value()},
                    options);
  pipeline.start();
  const std::optional<int> signal = wait_for_end(pipeline, clock);
  log_end(pipeline.progress());
  if (const std::optional<Error> failure = pipeline.failure()) return report_error(*failure);
  // Stopped before its end, a one-time run has not done what it was asked for.
  if (signal && mode == RunMode::once) return static_cast<ExitCode>(128 + *signal);
  return ExitCode::done;
}

}  // namespace relay
