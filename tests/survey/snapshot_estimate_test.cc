#include "survey/snapshot_estimate.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::seconds;

TEST(SnapshotEstimateTest, TheSlowerOfDocumentsAndBytesCounts) {
  EXPECT_EQ(estimate_snapshot(0, 0), seconds(0));
  EXPECT_EQ(estimate_snapshot(1, 1), seconds(1));
  EXPECT_EQ(estimate_snapshot(kCopiedDocumentsPerSecond * 60, 1), seconds(60));
  EXPECT_EQ(estimate_snapshot(1, kCopiedBytesPerSecond * 60 + 1), seconds(61));
}

TEST(SnapshotEstimateTest, SpansAreReadable) {
  EXPECT_EQ(format_span(seconds(0)), "0 s");
  EXPECT_EQ(format_span(seconds(59)), "59 s");
  EXPECT_EQ(format_span(seconds(60)), "1 min");
  EXPECT_EQ(format_span(seconds(7'500)), "2 h 5 min");
  EXPECT_EQ(format_span(seconds(3'601)), "1 h");
  EXPECT_EQ(format_span(seconds(200'000)), "2 d 7 h");
}

}  // namespace
}  // namespace relay
