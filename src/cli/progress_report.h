// ProgressReport: how far the streams of a relay are: a live line on a terminal, elsewhere a log
// line every ten seconds while something happens.
#pragma once

#include <vector>

#include "cli/progress_line.h"
#include "core/clock.h"
#include "pipeline/progress.h"
#include "pipeline/snapshot_board.h"

namespace relay {

// Of all streams together.
struct ProgressSum {
  std::uint64_t events = 0;
  std::uint64_t upserts = 0;
  std::uint64_t deletes = 0;
  std::uint64_t dead_letters = 0;
  double lag_seconds = 0;                   // Of the stream that is furthest behind.
  std::vector<SnapshotReport> snapshots{};  // Those that are not done.
};

// "snapshot sales.orders 120000 of about 300000 rows"; rows and estimate of several tables are
// added.
std::string format_snapshots(const std::vector<SnapshotReport>& snapshots, double rows_per_second);

class ProgressReport {
 public:
  // `clock` outlives the report.
  explicit ProgressReport(Clock& clock);

  // True when it is time for the next update(): summing up is not free.
  [[nodiscard]] bool is_due();
  void update(const ProgressSum& now);
  // Takes the live line away, so that something else can be printed.
  void clear() { line_.clear(); }

 private:
  Clock& clock_;
  TerminalInfo terminal_;
  ProgressLine line_;
  Clock::TimePoint since_;
  std::uint64_t events_ = 0;
  std::uint64_t snapshot_rows_ = 0;
};

}  // namespace relay
