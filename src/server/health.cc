#include "server/health.h"

#include <chrono>

namespace relay {
namespace {

Health bad(std::string reason) {
  return {false, std::move(reason)};
}

std::string format_seconds(Clock::Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

std::string with_trouble(std::string text, const RelayReport& report) {
  if (!report.trouble.empty()) text += ": " + report.trouble;
  return text;
}

}  // namespace

Health judge_health(const RelayReport& report, Clock::TimePoint now) {
  if (report.state == RelayState::stopping) return bad(with_trouble("stopping", report));
  for (const ThreadBeat& thread : report.threads) {
    const Clock::Duration silence = now - thread.beat_at;
    if (silence <= thread.limit) continue;
    return bad("stuck: thread " + thread.name + " gave no sign of life for " +
               format_seconds(silence) + ", its limit is " + format_seconds(thread.limit));
  }
  return {};
}

Health judge_readiness(const RelayReport& report, Clock::TimePoint now) {
  const Health health = judge_health(report, now);
  if (!health.is_ok) return health;
  if (report.state != RelayState::snapshot && report.state != RelayState::streaming) {
    return bad(with_trouble(std::string(format_relay_state(report.state)), report));
  }
  if (!report.is_source_connected) return bad("the source is not connected");
  if (!report.is_target_connected) return bad("the target is not connected");
  if (report.is_paused) return bad("paused");
  for (const StreamReport& stream : report.streams) {
    if (!stream.is_running && !stream.is_standby)
      return bad("stream " + stream.name + " does not run");
  }
  if (report.streams.empty()) return bad("no stream runs");
  return {};
}

}  // namespace relay
