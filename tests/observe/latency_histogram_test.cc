#include "observe/latency_histogram.h"

#include <numeric>

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(LatencyHistogramTest, ABoundBelongsToItsOwnBucket) {
  LatencyHistogram histogram;
  histogram.add(0);
  histogram.add(0.001);
  histogram.add(0.0011);
  EXPECT_EQ(histogram.counts[0], 2U);
  EXPECT_EQ(histogram.counts[1], 1U);
}

TEST(LatencyHistogramTest, WhatIsAboveAllBoundsIsCountedLast) {
  LatencyHistogram histogram;
  histogram.add(60);
  histogram.add(61);
  EXPECT_EQ(histogram.counts[LatencyHistogram::kBounds.size() - 1], 1U);
  EXPECT_EQ(histogram.counts.back(), 1U);
  EXPECT_EQ(histogram.seconds_sum, 121);
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0}),
            2U);
}

}  // namespace
}  // namespace relay
