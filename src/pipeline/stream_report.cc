#include "pipeline/stream_report.h"

#include <algorithm>
#include <array>
#include <utility>

namespace relay {
namespace {

// The server's words, in the order of OperationType.
constexpr std::array<const char*, kOperationTypeCount> kOperationNames = {"insert",
                                                                          "update",
                                                                          "replace",
                                                                          "delete",
                                                                          "invalidate",
                                                                          "drop",
                                                                          "rename",
                                                                          "dropDatabase",
                                                                          "create",
                                                                          "createIndexes",
                                                                          "dropIndexes",
                                                                          "modify",
                                                                          "unknown"};

TablePhase phase_of(SnapshotState state) {
  switch (state) {
    case SnapshotState::waiting:
      return TablePhase::waiting;
    case SnapshotState::copying:
    case SnapshotState::merging:
    case SnapshotState::sweeping:
      return TablePhase::snapshot;
    case SnapshotState::done:
      return TablePhase::streaming;
    case SnapshotState::dropped:
      return TablePhase::stopped;
  }
  return TablePhase::streaming;
}

TableReport make_table_report(const SnapshotReport& snapshot, const ProgressSnapshot& progress) {
  TableReport report;
  report.from = snapshot.from;
  report.to = snapshot.table;
  report.phase = phase_of(snapshot.state);
  report.snapshot_rows = snapshot.rows_done;
  report.snapshot_rows_estimated = snapshot.rows_estimated;
  const auto counts = progress.tables.find(snapshot.table);
  if (counts == progress.tables.end()) return report;
  const TableCounts& table = counts->second;
  report.upserts = table.upserts;
  report.deletes = table.deletes;
  report.misfits = table.misfits;
  for (std::size_t i = 0; i < table.events.size(); ++i) {
    if (table.events[i] > 0) report.events[kOperationNames[i]] = table.events[i];
  }
  for (const auto& [reason, count] : table.dead_letters)
    report.dead_letters[reason] = {.open = count, .total = count};
  return report;
}

RelayState state_of(Pipeline& pipeline, const ProgressSnapshot& progress) {
  if (pipeline.is_draining() || pipeline.is_finished()) return RelayState::stopping;
  if (progress.is_standby) return RelayState::standby;
  if (!progress.is_source_connected || !progress.is_target_connected) {
    const bool has_trouble = !progress.trouble.empty();
    return has_trouble ? RelayState::waiting : RelayState::starting;
  }
  for (const SnapshotReport& snapshot : pipeline.snapshots()) {
    const TablePhase phase = phase_of(snapshot.state);
    if (phase == TablePhase::waiting || phase == TablePhase::snapshot) return RelayState::snapshot;
  }
  return RelayState::streaming;
}

// The state of several streams is that of the one that needs the most attention. A stream that
// another relay leads needs none.
int weight_of(RelayState state) {
  switch (state) {
    case RelayState::standby:
      return 0;
    case RelayState::streaming:
      return 1;
    case RelayState::snapshot:
      return 2;
    case RelayState::starting:
      return 3;
    case RelayState::waiting:
      return 4;
    case RelayState::stopping:
      return 5;
  }
  return 0;
}

void add_histogram(LatencyHistogram& to, const LatencyHistogram& added) {
  for (std::size_t i = 0; i < to.counts.size(); ++i)
    to.counts[i] += added.counts[i];
  to.seconds_sum += added.seconds_sum;
}

}  // namespace

StreamReport make_stream_report(const std::string& name, Pipeline& pipeline, Clock& clock) {
  const ProgressSnapshot progress = pipeline.progress();
  StreamReport report;
  report.name = name;
  report.position = progress.applied.token;
  report.is_leader = progress.is_target_connected;
  report.is_standby = progress.is_standby;
  report.is_running = progress.is_source_connected && progress.is_target_connected;
  if (!progress.applied.cluster_time.is_zero())
    report.lag_seconds = lag_seconds(progress, clock.wall_now());
  report.oplog_runway_seconds = progress.oplog_runway_seconds;
  if (progress.stored_at != Clock::TimePoint{}) {
    report.checkpoint_age_seconds =
        std::chrono::duration<double>(clock.now() - progress.stored_at).count();
  }
  for (const SnapshotReport& snapshot : pipeline.snapshots())
    report.tables.push_back(make_table_report(snapshot, progress));
  return report;
}

void add_stream(RelayReport& report,
                const std::string& name,
                Pipeline& pipeline,
                const BeatLimits& limits,
                Clock& clock) {
  const ProgressSnapshot progress = pipeline.progress();
  // Streams of which this relay is a standby say nothing about its servers.
  const bool is_first = std::ranges::all_of(report.streams, &StreamReport::is_standby);
  const RelayState state = state_of(pipeline, progress);
  if (report.streams.empty() || weight_of(state) > weight_of(report.state)) report.state = state;
  report.is_paused = report.is_paused || pipeline.is_paused();
  if (!progress.is_standby) {
    report.is_source_connected =
        (is_first || report.is_source_connected) && progress.is_source_connected;
    report.is_target_connected =
        (is_first || report.is_target_connected) && progress.is_target_connected;
  }
  if (report.trouble.empty()) report.trouble = progress.trouble;
  report.batches += progress.batches;
  report.queue_bytes += pipeline.queue_bytes();
  report.large_events += progress.large_events;
  report.source_reconnects += progress.source_reconnects;
  report.target_reconnects += progress.target_reconnects;
  add_histogram(report.apply_seconds, progress.apply_seconds);
  for (const Pipeline::Beat& beat : pipeline.beats()) {
    const bool is_applying = beat.name == "relay-apply";
    // A stage that has ended beats no more; the stream's state says so.
    if (pipeline.is_finished()) break;
    report.threads.push_back({.name = beat.name + " stream=" + name,
                              .beat_at = beat.at,
                              .limit = is_applying ? limits.applying : limits.reading});
  }
  report.streams.push_back(make_stream_report(name, pipeline, clock));
}

}  // namespace relay
