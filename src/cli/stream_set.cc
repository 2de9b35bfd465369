#include "cli/stream_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/stream_names.h"
#include "observe/log.h"
#include "version.h"

namespace relay {

StreamSet::StreamSet(const Settings& settings,
                     RunMode mode,
                     std::string owner,
                     StreamRun::Links links)
    : settings_(settings), mode_(mode), owner_(std::move(owner)), links_(links) {
  limits_.applying += settings.target.statement_timeout;
}

Result<std::unique_ptr<StreamSet>> StreamSet::make(const Settings& settings,
                                                   RunMode mode,
                                                   const std::string& owner,
                                                   StreamRun::Links links) {
  std::unique_ptr<StreamSet> set(new StreamSet(settings, mode, owner, links));
  Streams streams;
  for (const std::string& name : stream_names(settings)) {
    Result<std::unique_ptr<StreamRun>> made = set->make_stream(name);
    if (!made.ok()) return made.error();
    streams.push_back(std::move(made.value()));
  }
  set->size_ = streams.size();
  set->streams_.with([&](Streams& all) { all = std::move(streams); });
  return set;
}

Result<std::unique_ptr<StreamRun>> StreamSet::make_stream(const std::string& name) {
  std::vector<TableSettings> tables;
  std::ranges::copy_if(settings_.tables, std::back_inserter(tables), [&](const auto& table) {
    return table.stream == name;
  });
  return StreamRun::make(settings_, name, tables, owner_, mode_, links_);
}

void StreamSet::start() {
  streams_.with([](Streams& streams) {
    for (const auto& stream : streams)
      stream->pipeline().start();
  });
}

void StreamSet::drain() {
  is_draining_ = true;
  streams_.with([](Streams& streams) {
    for (const auto& stream : streams)
      stream->pipeline().drain();
  });
}

void StreamSet::look() {
  // Only this thread puts others in their place.
  std::vector<StreamRun*> ended;
  streams_.with([&](Streams& streams) {
    for (const auto& stream : streams) {
      if (stream->pipeline().is_finished() && !ended_.contains(stream->name()))
        ended.push_back(stream.get());
    }
  });
  for (StreamRun* stream : ended) {
    const std::optional<Error> failure = stream->pipeline().failure();
    if (failure) {
      take_failure(*stream, *failure);
    } else {
      ended_.insert(stream->name());
    }
  }
}

void StreamSet::take_failure(StreamRun& stream, const Error& failure) {
  const std::string name = stream.name();
  const bool is_over_taken = settings_.ha.enabled && failure.kind == ErrorKind::lease_lost;
  if (is_over_taken && is_draining_) {
    // Who has it goes on with it.
    ended_.insert(name);
    return;
  }
  if (is_over_taken && mode_ == RunMode::until_stopped) {
    log_warn("lease lost, this relay becomes a standby",
             {{"stream", name}, {"error", failure.message}});
    if (stand_by(stream).ok()) return;
  }
  ended_.insert(name);
  if (!first_failure_) first_failure_ = failure;
  if (size_ > 1) {
    log_error("stream has failed, the others go on",
              {{"stream", name}, {"error", failure.message}});
  }
}

Status StreamSet::stand_by(StreamRun& stream) {
  Result<std::unique_ptr<StreamRun>> made = make_stream(stream.name());
  if (!made.ok()) return made.error();
  made.value()->pipeline().set_paused(stream.pipeline().is_paused());
  made.value()->pipeline().start();
  streams_.with([&](Streams& streams) {
    const auto place = std::ranges::find(streams, &stream, &std::unique_ptr<StreamRun>::get);
    std::swap(*place, made.value());
  });
  return ok_status();  // The old one goes here, where nobody waits for it.
}

ProgressSum StreamSet::sum_up() {
  ProgressSum sum;
  streams_.with([&](Streams& streams) {
    for (const auto& stream : streams) {
      const ProgressSnapshot now = stream->pipeline().progress();
      sum.events += now.events_applied;
      sum.upserts += now.upserts;
      sum.deletes += now.deletes;
      sum.dead_letters += now.dead_letters;
      sum.lag_seconds = std::max(sum.lag_seconds, lag_seconds(now, links_.clock.wall_now()));
      for (SnapshotReport& snapshot : stream->pipeline().snapshots()) {
        if (snapshot.state != SnapshotState::done && snapshot.state != SnapshotState::dropped)
          sum.snapshots.push_back(std::move(snapshot));
      }
    }
  });
  return sum;
}

void StreamSet::log_end() {
  streams_.with([](Streams& streams) {
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
  });
}

RelayReport StreamSet::report() {
  RelayReport report;
  report.version = kVersion;
  report.git_description = kGitDescription;
  streams_.with([&](Streams& streams) {
    for (const auto& stream : streams)
      add_stream(report, stream->name(), stream->pipeline(), limits_, links_.clock);
  });
  return report;
}

SteerAnswer StreamSet::set_paused(bool is_paused) {
  streams_.with([&](Streams& streams) {
    for (const auto& stream : streams)
      stream->pipeline().set_paused(is_paused);
  });
  log_info(is_paused ? "paused, nothing is applied until resumed" : "resumed", {});
  return {};
}

SteerAnswer StreamSet::request_snapshot(const std::string& table) {
  return streams_.with([&](Streams& streams) -> SteerAnswer {
    bool is_standby = false;
    for (const auto& stream : streams) {
      if (stream->pipeline().request_snapshot(table)) {
        log_info("snapshot requested", {{"table", table}});
        return {};
      }
      is_standby = is_standby || stream->pipeline().progress().is_standby;
    }
    // A standby does not know its tables yet.
    if (is_standby)
      return {.outcome = SteerOutcome::refused,
              .reason = "this relay is a standby: ask the one that leads the table's stream"};
    return {.outcome = SteerOutcome::unknown_table, .reason = "no table " + table};
  });
}

}  // namespace relay
