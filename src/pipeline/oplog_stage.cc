#include "pipeline/oplog_stage.h"

#include "observe/log.h"

namespace relay {
namespace {

constexpr std::chrono::seconds kLookEvery{10};

// A right that is missing may be granted while the relay runs.
constexpr std::chrono::minutes kLookEveryUnknown{10};

constexpr double kHour = 3'600;
constexpr double kTenMinutes = 600;

// An alarm is over when the runway is this much longer than where it began: no line for each sway.
constexpr double kOverShare = 1.25;

}  // namespace

StepState OplogStage::step() {
  // A closed queue: the stream has ended, for whatever reason.
  if (links_.control.is_draining() || links_.replies.is_closed()) return StepState::finished;
  const Clock::TimePoint now = links_.clock.now();
  if (now < look_at_) return StepState::idle;
  look_at_ = now + kLookEvery;
  const ProgressSnapshot progress = links_.progress.snapshot();
  const ClusterTime stored = progress.stored.cluster_time;
  const ClusterTime position = stored.is_zero() ? progress.applied.cluster_time : stored;
  if (position.is_zero()) {
    look_at_ = now + kNapMax;
    return StepState::idle;
  }
  // A source that is away has somebody who asks for it already.
  tell(progress.is_source_connected ? look(position, now) : runway_.miss(now));
  return StepState::idle;
}

OplogRunway::Estimate OplogStage::look(ClusterTime position, Clock::TimePoint now) {
  const Result<std::optional<OplogFacts>> oplog = links_.source.read_oplog();
  if (!oplog.ok()) {
    if (oplog.error().kind == ErrorKind::source_refused) {
      say_unknown("no right to read local.oplog.rs; relay plan names it");
      return {};
    }
    // The log is cut while it is read, or the server is busy: the next look will do.
    return runway_.miss(now);
  }
  if (!oplog.value()) {
    say_unknown("a sharded cluster has an oplog for each shard");
    return {};
  }
  has_said_unknown_ = false;
  return runway_.look(*oplog.value(), position, now);
}

void OplogStage::say_unknown(const char* reason) {
  look_at_ = links_.clock.now() + kLookEveryUnknown;
  if (!std::exchange(has_said_unknown_, true))
    log_info("oplog runway is unknown", {{"stream", stream_}, {"reason", reason}});
}

void OplogStage::tell(const OplogRunway::Estimate& estimate) {
  raise_alarm(estimate);
  const bool is_yielding = estimate.is_shrinking && estimate.seconds && *estimate.seconds < kHour;
  if (is_yielding != is_yielding_) {
    log_info(is_yielding ? "oplog runway shrinks, snapshots wait while the stream is behind"
                         : "oplog runway does not shrink, snapshots need not wait",
             {{"stream", stream_},
              {"growth_bytes_per_second", static_cast<std::int64_t>(estimate.growth)},
              {"drain_bytes_per_second", static_cast<std::int64_t>(estimate.drain)}});
  }
  is_yielding_ = is_yielding;
  links_.progress.set_oplog_runway(estimate.seconds, is_yielding);
}

void OplogStage::raise_alarm(const OplogRunway::Estimate& estimate) {
  if (!estimate.seconds) return;
  const double seconds = *estimate.seconds;
  const bool is_short = seconds < kHour || (alarm_ != Alarm::none && seconds < kHour * kOverShare);
  const bool is_very_short =
      seconds < kTenMinutes || (alarm_ == Alarm::ten_minutes && seconds < kTenMinutes * kOverShare);
  const Alarm next = is_very_short ? Alarm::ten_minutes : is_short ? Alarm::hour : Alarm::none;
  const Alarm before = std::exchange(alarm_, next);
  if (next == before) return;
  const std::int64_t whole_seconds = static_cast<std::int64_t>(seconds);
  if (next < before) {
    log_info(next == Alarm::none ? "oplog runway is longer than an hour again"
                                 : "oplog runway is longer than ten minutes again",
             {{"stream", stream_}, {"runway_seconds", whole_seconds}});
    return;
  }
  log_warn(
      next == Alarm::hour ? "oplog runway is below an hour" : "oplog runway is below ten minutes",
      {{"stream", stream_},
       {"runway_seconds", whole_seconds},
       {"growth_bytes_per_second", static_cast<std::int64_t>(estimate.growth)},
       {"drain_bytes_per_second", static_cast<std::int64_t>(estimate.drain)},
       {"try", "let the relay catch up, or replSetResizeOplog for a larger oplog"}});
}

}  // namespace relay
