#include "verify/relay_wait.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "core/doorbell.h"

namespace relay {
namespace {

// A position moves every half second when nothing happens, and with each batch else.
constexpr std::chrono::milliseconds kLookEvery{50};

bool is_under_way(SnapshotState state) {
  return state != SnapshotState::done && state != SnapshotState::dropped;
}

}  // namespace

void RelayWait::nap() {
  show_();
  Doorbell bell;  // Nobody rings: the target does not say when it has moved.
  bell.wait(bell.rings(), kLookEvery, {});
}

Result<RelayWait::Outcome> RelayWait::until(ClusterTime time, Reach reach) {
  std::optional<ClusterTime> last;
  Clock::TimePoint moved_at = clock_.now();
  for (;;) {
    const Result<StreamStanding> standing = look();
    if (!standing.ok()) return standing.error();
    const auto& [applied, is_held] = standing.value();
    if (!is_held) return Outcome::nobody;
    if (applied && (reach == Reach::at ? *applied >= time : *applied > time))
      return Outcome::passed;
    const Clock::TimePoint now = clock_.now();
    if (applied != last) moved_at = now;
    last = applied;
    const bool is_known = standstill_.is_known && standstill_.at == applied;
    if (is_known || now - moved_at >= options_.patience) {
      standstill_ = {.is_known = true, .at = applied};
      return Outcome::stuck;
    }
    nap();
  }
}

Result<std::optional<SnapshotPart>> RelayWait::copy_of(const std::string& table) {
  const Result<std::vector<SnapshotPart>> parts = watch_.read_parts(options_.stream, table);
  if (!parts.ok()) return parts.error();
  std::optional<SnapshotPart> sum;
  for (const SnapshotPart& part : parts.value()) {
    if (!sum) {
      sum = part;
      continue;
    }
    sum->rows_done += part.rows_done;
    sum->rows_estimated += part.rows_estimated;
    if (!is_under_way(sum->state)) sum->state = part.state;
  }
  return sum;
}

Result<std::string> RelayWait::until_copied(const std::string& table) {
  std::optional<SnapshotPart> last;
  Clock::TimePoint moved_at = clock_.now();
  for (;;) {
    const Result<std::optional<SnapshotPart>> copy = copy_of(table);
    if (!copy.ok()) return copy.error();
    if (!copy.value() || !is_under_way(copy.value()->state)) return std::string();
    const Result<StreamStanding> standing = look();
    if (!standing.ok()) return standing.error();
    const Clock::TimePoint now = clock_.now();
    if (copy.value() != last) moved_at = now;
    last = copy.value();
    const bool is_still = now - moved_at >= options_.patience;
    if (!standing.value().is_held || is_still) {
      return "its copy is not complete (" + format_snapshot_state(last->state) + ", " +
             std::to_string(last->rows_done) + " of about " + std::to_string(last->rows_estimated) +
             " rows), and " + (is_still ? "it stands still" : "no relay is running");
    }
    nap();
  }
}

}  // namespace relay
