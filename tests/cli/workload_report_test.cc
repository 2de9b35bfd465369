#include "cli/workload_report.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Clock::TimePoint kStart{};

WorkloadOptions limited(std::uint64_t operations, std::chrono::milliseconds duration) {
  WorkloadOptions options;
  options.operation_count = operations;
  options.duration = duration;
  return options;
}

WorkloadCounts inserted(std::uint64_t count) {
  WorkloadCounts counts;
  counts.insert_count = count;
  return counts;
}

TEST(WorkloadReportTest, ThereIsNothingToShowBeforeTheFirstSecond) {
  const WorkloadReport report(limited(0, {}), 5, kStart);
  EXPECT_FALSE(report.is_ready(kStart + milliseconds(999)));
  EXPECT_TRUE(report.is_ready(kStart + seconds(1)));
}

// What was done before the measurement began would make the first rate absurd.
TEST(WorkloadReportTest, RateAndTimeLeftCountFromTheStartOfTheMeasurement) {
  WorkloadReport report(limited(1'000, {}), 100, kStart);
  EXPECT_EQ(report.line(inserted(300), kStart + seconds(2)),
            "operations 300 of 1000, 100/s, 7 s left");
}

TEST(WorkloadReportTest, TheRateIsThatOfTheLastWholeSecond) {
  WorkloadReport report(limited(0, {}), 0, kStart);
  EXPECT_EQ(report.line(inserted(100), kStart + seconds(1)), "operations 100, 100/s");
  EXPECT_EQ(report.line(inserted(900), kStart + milliseconds(1'500)), "operations 900, 100/s");
  EXPECT_EQ(report.line(inserted(1'100), kStart + seconds(2)), "operations 1100, 1000/s");
}

TEST(WorkloadReportTest, TheNearerOfTwoLimitsSaysWhatIsLeft) {
  WorkloadReport by_time(limited(1'000'000, seconds(10)), 0, kStart);
  EXPECT_EQ(by_time.line(inserted(100), kStart + seconds(4)),
            "operations 100 of 1000000, 25/s, 6 s left");
  WorkloadReport by_count(limited(125, seconds(10)), 0, kStart);
  EXPECT_EQ(by_count.line(inserted(100), kStart + seconds(4)),
            "operations 100 of 125, 25/s, 1 s left");
}

TEST(WorkloadReportTest, TheSummaryNamesOperationsAndDigests) {
  WorkloadSummary summary;
  summary.counts = {.insert_count = 5, .update_count = 3, .replace_count = 1, .delete_count = 1};
  summary.duration = milliseconds(2'500);
  const Digest one{.document_count = 1, .sum_high = 1, .sum_low = 2};
  const Digest other{.document_count = 1, .sum_high = 1, .sum_low = 3};
  summary.collections = {{.name = "w.plain", .expected = one, .found = {}},
                         {.name = "w.equal", .expected = one, .found = one},
                         {.name = "w.other", .expected = one, .found = other}};
  const std::string digest = "1-0000000000000001000000000000000";
  EXPECT_EQ(format_summary(summary),
            "operations=10 inserts=5 updates=3 replaces=1 deletes=1 seconds=2.500 rate=4\n"
            "w.plain digest=" +
                digest + "2\n" + "w.equal digest=" + digest + "2 verify=equal\n" +
                "w.other digest=" + digest + "2 verify=differs found=" + digest + "3\n");
}

}  // namespace
}  // namespace relay
