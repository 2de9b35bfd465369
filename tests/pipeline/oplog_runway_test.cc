#include "pipeline/oplog_runway.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr Clock::TimePoint kStart{std::chrono::hours(1)};

// Full, a MiB a second over 1,000 seconds.
OplogFacts full_oplog(std::uint32_t moved = 0) {
  return {.first = {10'000 + moved, 1},
          .last = {11'000 + moved, 1},
          .bytes = 1'000 * kMiB,
          .bytes_max = 1'000 * kMiB};
}

TEST(OplogRunwayTest, OfAFullOplogOneLookIsEnough) {
  OplogRunway runway;
  const auto estimate = runway.look(full_oplog(), {10'600, 1}, kStart);
  ASSERT_TRUE(estimate.seconds);
  EXPECT_DOUBLE_EQ(*estimate.seconds, 600) << "as long as it took to write what lies before it";
  EXPECT_FALSE(estimate.is_shrinking) << "not measured yet";
}

TEST(OplogRunwayTest, APositionBeforeTheOldestEntryHasNone) {
  OplogRunway runway;
  EXPECT_EQ(runway.look(full_oplog(), {9'999, 1}, kStart).seconds, 0);
}

TEST(OplogRunwayTest, APositionThatIsNewerThanTheLookHasTheWholeOplogBehindIt) {
  OplogRunway runway;
  EXPECT_DOUBLE_EQ(*runway.look(full_oplog(), {11'005, 1}, kStart).seconds, 1'000);
}

// Twice as fast as on average: what went at the old end was written, too.
TEST(OplogRunwayTest, GrowthIsMeasuredAlsoWhileEntriesGo) {
  OplogRunway runway;
  OplogRunway::Estimate estimate;
  for (std::uint32_t look = 0; look <= 30; ++look)
    estimate =
        runway.look(full_oplog(20 * look), {10'600 + 20 * look, 1}, kStart + seconds(10 * look));
  EXPECT_NEAR(estimate.growth, 2.0 * kMiB, 0.01 * kMiB);
  EXPECT_NEAR(*estimate.seconds, 300, 3);
  EXPECT_NEAR(estimate.drain, 2.0 * kMiB, 0.01 * kMiB);
  EXPECT_FALSE(estimate.is_shrinking);
}

TEST(OplogRunwayTest, ShrinksWhileTheRelayIsSlowerThanTheSource) {
  OplogRunway runway;
  OplogRunway::Estimate estimate;
  for (std::uint32_t look = 0; look <= 3; ++look)
    estimate =
        runway.look(full_oplog(10 * look), {10'900 + 5 * look, 1}, kStart + seconds(10 * look));
  EXPECT_TRUE(estimate.is_shrinking);
  EXPECT_NEAR(*estimate.seconds, 885, 1) << "900 less what was lost in 30 s";
}

TEST(OplogRunwayTest, AQuietHourOfAFullOplogPromisesNothing) {
  OplogRunway runway;
  OplogRunway::Estimate estimate;
  for (std::uint32_t look = 0; look <= 360; ++look)
    estimate = runway.look(full_oplog(), {11'000, 1}, kStart + seconds(10 * look));
  EXPECT_NEAR(*estimate.seconds, 1'000, 1);
}

// Its free room has to be written first; its average is nothing but the beginning.
TEST(OplogRunwayTest, AnOplogThatStillGrowsHasItsFreeRoomToo) {
  OplogRunway runway;
  const auto at = [](std::uint32_t second) {
    return OplogFacts{.first = {10'000, 1},
                      .last = {10'000 + second, 1},
                      .bytes = second * kMiB,
                      .bytes_max = 10'000 * kMiB};
  };
  EXPECT_EQ(runway.look(at(50), {10'050, 1}, kStart).seconds, std::nullopt);
  EXPECT_EQ(runway.look(at(60), {10'060, 1}, kStart + seconds(10)).seconds, std::nullopt);
  const auto estimate = runway.look(at(70), {10'070, 1}, kStart + seconds(20));
  ASSERT_TRUE(estimate.seconds);
  EXPECT_NEAR(*estimate.seconds, 10'000, 1);
}

TEST(OplogRunwayTest, ASourceThatNobodyWritesToHasAYear) {
  OplogRunway runway;
  OplogRunway::Estimate estimate;
  const OplogFacts oplog{
      .first = {10'000, 1}, .last = {10'010, 1}, .bytes = kMiB, .bytes_max = 1'000 * kMiB};
  for (std::uint32_t look = 0; look <= 3; ++look)
    estimate = runway.look(oplog, {10'010, 1}, kStart + seconds(10 * look));
  EXPECT_EQ(estimate.seconds, 365.0 * 86'400);
}

// The next look may be at another member, whose oplog says nothing about the growth of this one.
TEST(OplogRunwayTest, WithoutALookTheTimePasses) {
  OplogRunway runway;
  EXPECT_EQ(runway.miss(kStart).seconds, std::nullopt) << "nothing known yet";
  static_cast<void>(runway.look(full_oplog(), {10'600, 1}, kStart));
  EXPECT_DOUBLE_EQ(*runway.miss(kStart + seconds(100)).seconds, 500);
  EXPECT_DOUBLE_EQ(*runway.miss(kStart + seconds(700)).seconds, 0);
  OplogFacts other = full_oplog();
  other.bytes = other.bytes_max = 10 * kMiB;
  const auto estimate = runway.look(other, {10'600, 1}, kStart + seconds(710));
  EXPECT_DOUBLE_EQ(*estimate.seconds, 600);
}

}  // namespace
}  // namespace relay
