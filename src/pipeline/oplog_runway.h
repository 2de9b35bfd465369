// OplogRunway: how long until a position falls off the source's oplog, should the relay stop now.
//
// The oplog keeps its newest entries: when it is full, writing takes away at the old end. Of one
// look at it are known `bytes` and `bytes_max`, and the times `first` and `last` of its ends. For a
// position at time P, between the looks a and b that lie s seconds apart:
//
//   ahead  = (bytes_max - bytes) + bytes * (P - first) / (last - first)
//            what can be written before the entry at P goes: free room, and all older entries
//   growth = (bytes_b - bytes_a + bytes_a * (first_b - first_a) / (last_a - first_a)) / s
//            bytes a second that are written: what was added, and what went meanwhile
//   drain  = bytes_b * (P_b - P_a) / (last_b - first_b) / s
//            bytes a second by which the relay gets on
//
//   runway = ahead / growth
//
// It shrinks while drain < growth: then the relay loses ground although it works. The drain does
// not lengthen the runway, because it ends with the relay, and the runway is asked for on that day.
//
// The formula is this program's own. That entries have about the same size all along is its one
// assumption; the server itself shows only the two times (rs.printReplicationInfo(), whose "log
// length start to end" is the runway of a relay that keeps up, at the average growth). Rates are
// means that forget with a time constant of two minutes. A full oplog also has an average growth
// over all that it holds; the larger of the two counts, so that a quiet hour promises nothing.
#pragma once

#include <optional>

#include "core/clock.h"
#include "source/change_source.h"

namespace relay {

// A mean that forgets: the last minutes count.
class RecentRate {
 public:
  void add(double amount, double seconds);
  // nullopt: not measured for long enough.
  [[nodiscard]] std::optional<double> per_second() const;

 private:
  double rate_ = 0;
  double measured_seconds_ = 0;
};

class OplogRunway {
 public:
  struct Estimate {
    std::optional<double> seconds;  // nullopt: not known yet. A year: that, or more.
    double growth = 0;              // Bytes a second.
    double drain = 0;
    bool is_shrinking = false;
  };

  Estimate look(const OplogFacts& oplog, ClusterTime position, Clock::TimePoint now);

  // There was no look: the last estimate, as if it had gone on shrinking since. The next look may
  // be at the oplog of another member.
  Estimate miss(Clock::TimePoint now);

 private:
  struct Look {
    OplogFacts oplog;
    ClusterTime position;
    Clock::TimePoint at;
  };

  void measure(const Look& next);
  [[nodiscard]] std::optional<double> growth_of(const OplogFacts& oplog) const;

  std::optional<Look> last_;  // nullopt: the next look is not compared with the last one.
  RecentRate growth_;
  RecentRate drain_;
  Estimate estimate_;
  Clock::TimePoint estimated_at_{};
};

}  // namespace relay
