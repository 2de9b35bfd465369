#include "workload/pace.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Clock::TimePoint kStart{};

TEST(PaceTest, WithoutARateEverythingIsDueAtOnceInFullBatches) {
  Pace pace(0, kStart);
  EXPECT_EQ(pace.batch_size(), Pace::kBatchMax);
  EXPECT_EQ(pace.due(1'000'000, kStart + seconds(3)), kStart + seconds(3));
}

TEST(PaceTest, BatchesAreATwentiethOfASecondAndAtLeastOne) {
  EXPECT_EQ(Pace(0.5, kStart).batch_size(), 1U);
  EXPECT_EQ(Pace(20, kStart).batch_size(), 1U);
  EXPECT_EQ(Pace(40, kStart).batch_size(), 2U);
  EXPECT_EQ(Pace(20'000, kStart).batch_size(), 1'000U);
  EXPECT_EQ(Pace(1'000'000, kStart).batch_size(), 1'000U);
}

TEST(PaceTest, TheScheduleCountsFromTheStart) {
  Pace pace(100, kStart);
  EXPECT_EQ(pace.due(0, kStart), kStart);
  EXPECT_EQ(pace.due(50, kStart + milliseconds(499)), kStart + milliseconds(500));
  // A slow write is made up for: the next batch is due in the past.
  EXPECT_EQ(pace.due(60, kStart + milliseconds(1'400)), kStart + milliseconds(600));
}

TEST(PaceTest, AfterALongPauseTheScheduleBeginsAnew) {
  Pace pace(100, kStart);
  EXPECT_EQ(pace.due(100, kStart + seconds(60)), kStart + seconds(60))
      << "due now, not a minute ago";
  EXPECT_EQ(pace.due(150, kStart + seconds(60)), kStart + milliseconds(60'500));
}

}  // namespace
}  // namespace relay
