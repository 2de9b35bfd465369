#include "cli/stream_run.h"

#include <utility>

#include "apply/target_sink.h"
#include "cli/table_rules.h"
#include "source/mongo_source.h"

namespace relay {
namespace {

StreamScope to_stream_scope(const WatchScope& scope) {
  return {.database = scope.single_database(),
          .exact = scope.exact,
          .everything = !scope.patterns.empty()};
}

StartSetting to_start_setting(const StreamStart& start) {
  switch (start.kind) {
    case StreamStart::Kind::snapshot:
      return {.when_nothing_stored = StartNow{}, .takes_snapshots = true};
    case StreamStart::Kind::now:
      return {.when_nothing_stored = StartNow{}};
    case StreamStart::Kind::time:
      break;
  }
  const auto seconds =
      std::chrono::floor<std::chrono::seconds>(start.time).time_since_epoch().count();
  return {.when_nothing_stored = StartAtTime{{static_cast<std::uint32_t>(seconds), 0}}};
}

PipelineOptions to_pipeline_options(const Settings& settings,
                                    const std::string& stream,
                                    RunMode mode) {
  PipelineOptions options;
  options.stream = stream;
  options.start = to_start_setting(settings.stream.start);
  options.mode = mode;
  options.limits = {.rows_max = static_cast<std::size_t>(settings.target.batch_rows),
                    .bytes_max = static_cast<std::size_t>(settings.target.batch_bytes)};
  options.await = settings.source.await;
  options.on_position_lost = settings.stream.on_position_lost == PositionLostPolicy::repair
                                 ? PositionLost::repair
                                 : PositionLost::stop;
  options.snapshot.chunk_rows = static_cast<std::size_t>(settings.snapshot.chunk_rows);
  options.snapshot.parallel = static_cast<std::size_t>(settings.snapshot.parallel);
  options.dead_letters_max = static_cast<std::uint64_t>(settings.dead_letter.limit);
  options.lease = settings.ha.lease;
  options.waits_as_standby = settings.ha.enabled && mode == RunMode::until_stopped;
  if (mode == RunMode::once) {
    options.source_outage_max = settings.source.connect_timeout;
    options.target_outage_max = settings.target.connect_timeout;
  }
  return options;
}

}  // namespace

Result<std::unique_ptr<StreamRun>> StreamRun::make(const Settings& settings,
                                                   const std::string& stream,
                                                   const std::vector<TableSettings>& tables,
                                                   const std::string& owner,
                                                   RunMode mode,
                                                   Links links) {
  Result<std::vector<TableRule>> rules = to_table_rules(tables);
  if (!rules.ok()) return rules.error();
  Result<TableMap> map = TableMap::make(std::move(rules.value()));
  if (!map.ok()) return map.error();
  std::unique_ptr<StreamRun> run(new StreamRun(stream, std::move(map.value())));
  Result<std::unique_ptr<MongoSource>> source =
      MongoSource::make({.uri = settings.source.uri,
                         .scope = to_stream_scope(run->tables_.scope()),
                         .wants_deltas = run->tables_.has_logs(),
                         .wants_post_images = settings.source.updates == UpdateMode::post_image,
                         .await = settings.source.await,
                         .connect_timeout = settings.source.connect_timeout});
  if (!source.ok()) return source.error();
  run->source_ = std::move(source.value());
  run->sink_ = make_target_sink({.uri = settings.target.uri,
                                 .stream = stream,
                                 .owner = owner,
                                 .lease = settings.ha.lease,
                                 .takes_turns = settings.ha.enabled,
                                 .statement_timeout = settings.target.statement_timeout,
                                 .connect_timeout = settings.target.connect_timeout});
  run->pipeline_ = std::make_unique<Pipeline>(Seams{.source = *run->source_,
                                                    .sink = *run->sink_,
                                                    .store = links.store,
                                                    .clock = links.clock,
                                                    .tables = run->tables_},
                                              to_pipeline_options(settings, stream, mode));
  return run;
}

}  // namespace relay
