#include "cli/progress_report.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ProgressReportTest, OneTableIsNamedSeveralAreCounted) {
  const SnapshotReport orders{.table = "sales.orders",
                              .state = SnapshotState::copying,
                              .rows_done = 100,
                              .rows_estimated = 700};
  EXPECT_EQ(format_snapshots({orders}, 10),
            "snapshot sales.orders 100 of about 700 rows, 10/s, 1:00 left");
  EXPECT_EQ(format_snapshots({orders, orders}, 0), "snapshot 2 tables 200 of about 1400 rows, 0/s");
  EXPECT_EQ(format_snapshots({}, 10), "");
}

// The estimate is the server's; there may be more.
TEST(ProgressReportTest, MoreRowsThanEstimatedAreNoTimeLeft) {
  const SnapshotReport orders{
      .table = "a.b", .state = SnapshotState::merging, .rows_done = 9, .rows_estimated = 5};
  EXPECT_EQ(format_snapshots({orders}, 3), "snapshot a.b 9 of about 9 rows, 3/s");
}

TEST(ProgressReportTest, RemovingRowsSaysSo) {
  EXPECT_EQ(format_snapshots({{.table = "a.b", .state = SnapshotState::sweeping}}, 3),
            "removing what vanished from a.b");
}

}  // namespace
}  // namespace relay
