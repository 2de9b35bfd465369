#include "pipeline/progress.h"

#include <algorithm>

#include "core/check.h"

namespace relay {
namespace {

void add_counts(std::map<std::string, std::uint64_t>& to,
                const std::map<std::string, std::uint64_t>& added) {
  for (const auto& [name, count] : added)
    to[name] += count;
}

void add_tables(TableCountMap& to, const TableCountMap& added) {
  for (const auto& [name, counts] : added) {
    TableCounts& table = to[name];
    for (std::size_t i = 0; i < counts.events.size(); ++i)
      table.events[i] += counts.events[i];
    table.upserts += counts.upserts;
    table.deletes += counts.deletes;
    add_counts(table.misfits, counts.misfits);
    add_counts(table.dead_letters, counts.dead_letters);
  }
}

}  // namespace

void Progress::move_received(const Position& end, std::uint64_t event_count, bool is_source_ahead) {
  state_.with([&](ProgressSnapshot& state) {
    state.events_received += event_count;
    state.received = end;
    state.is_source_ahead = is_source_ahead;
  });
}

void Progress::move_assembled(std::uint64_t event_count) {
  state_.with([&](ProgressSnapshot& state) {
    state.events_assembled += event_count;
    CHECK(state.events_assembled <= state.events_received, "assembled never passes received");
  });
}

void Progress::move_applied(const AppliedBatch& batch) {
  state_.with([&](ProgressSnapshot& state) {
    state.events_applied += batch.event_count;
    CHECK(state.events_applied <= state.events_assembled, "applied never passes assembled");
    CHECK(batch.may_move_back || state.applied.cluster_time <= batch.end.cluster_time,
          "the applied position never moves backwards");
    state.applied = batch.end;
    state.upserts += batch.upserts;
    state.deletes += batch.deletes;
    state.dead_letters += batch.dead_letters;
    ++state.batches;
    state.apply_seconds.add(batch.apply_seconds);
    add_tables(state.tables, batch.tables);
    if (batch.upserts + batch.deletes > 0) state.apply_lag_seconds = batch.lag_seconds;
  });
}

void Progress::move_stored(const Position& end, Clock::TimePoint now) {
  state_.with([&](ProgressSnapshot& state) {
    CHECK(end == state.applied, "only an applied position is stored");
    state.events_stored = state.events_applied;
    state.stored = end;
    state.stored_at = now;
  });
}

void Progress::count_events(const TableCountMap& added) {
  if (added.empty()) return;
  state_.with([&](ProgressSnapshot& state) { add_tables(state.tables, added); });
}

void Progress::count_look_ups(std::uint64_t count) {
  state_.with([&](ProgressSnapshot& state) { state.look_ups += count; });
}

void Progress::count_large_event() {
  state_.with([](ProgressSnapshot& state) { ++state.large_events; });
}

void Progress::count_source_error(const std::string& message) {
  state_.with([&](ProgressSnapshot& state) {
    ++state.source_errors;
    state.trouble = message;
  });
}

void Progress::count_target_error(const std::string& message) {
  state_.with([&](ProgressSnapshot& state) {
    ++state.target_errors;
    state.trouble = message;
  });
}

void Progress::set_source_connected(bool is_connected) {
  state_.with([&](ProgressSnapshot& state) {
    if (is_connected && !state.is_source_connected && state.source_errors > 0)
      ++state.source_reconnects;
    state.is_source_connected = is_connected;
    if (is_connected && state.is_target_connected) state.trouble.clear();
  });
}

void Progress::set_target_connected(bool is_connected) {
  state_.with([&](ProgressSnapshot& state) {
    if (is_connected && !state.is_target_connected && state.target_errors > 0)
      ++state.target_reconnects;
    state.is_target_connected = is_connected;
    if (is_connected && state.is_source_connected) state.trouble.clear();
  });
}

void Progress::set_standby(bool is_standby) {
  state_.with([&](ProgressSnapshot& state) {
    state.is_standby = is_standby;
    if (is_standby) state.trouble.clear();
  });
}

void Progress::set_oplog_runway(std::optional<double> seconds, bool is_shrinking) {
  state_.with([&](ProgressSnapshot& state) {
    state.oplog_runway_seconds = seconds;
    state.is_runway_shrinking = is_shrinking;
  });
}

double lag_seconds(const ProgressSnapshot& progress,
                   std::chrono::system_clock::time_point wall_now) {
  const bool is_caught_up =
      progress.events_applied == progress.events_received && !progress.is_source_ahead;
  if (is_caught_up || progress.applied.cluster_time.is_zero()) return 0;
  const double now = std::chrono::duration<double>(wall_now.time_since_epoch()).count();
  return std::max(0.0, now - static_cast<double>(progress.applied.cluster_time.seconds));
}

}  // namespace relay
