#include "pipeline/progress.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

Position at(std::uint32_t seconds) {
  return {"82" + std::to_string(seconds), {seconds, 1}};
}

AppliedBatch applied(std::uint32_t seconds, std::uint64_t events) {
  return {.end = at(seconds), .event_count = events, .upserts = events};
}

TEST(ProgressTest, PositionsFollowEachOther) {
  Progress progress;
  progress.move_received(at(10), 5, false);
  progress.move_assembled(5);
  progress.move_applied(applied(10, 5));
  progress.move_stored(at(10), {});
  const ProgressSnapshot now = progress.snapshot();
  EXPECT_EQ(now.events_stored, 5U);
  EXPECT_EQ(now.stored, at(10));
  EXPECT_EQ(now.batches, 1U);
}

TEST(ProgressDeathTest, NothingIsAssembledBeforeItIsReceived) {
  Progress progress;
  EXPECT_DEATH(progress.move_assembled(1), "assembled never passes received");
}

TEST(ProgressDeathTest, NothingIsAppliedBeforeItIsAssembled) {
  Progress progress;
  progress.move_received(at(10), 5, false);
  EXPECT_DEATH(progress.move_applied(applied(10, 5)), "applied never passes assembled");
}

TEST(ProgressDeathTest, OnlyAnAppliedPositionIsStored) {
  Progress progress;
  progress.move_received(at(10), 5, false);
  EXPECT_DEATH(progress.move_stored(at(10), {}), "only an applied position");
}

TEST(ProgressDeathTest, TheAppliedPositionNeverMovesBackwards) {
  Progress progress;
  progress.move_received(at(10), 5, false);
  progress.move_assembled(5);
  progress.move_applied(applied(10, 3));
  EXPECT_DEATH(progress.move_applied(applied(9, 2)), "never moves backwards");
}

TEST(ProgressTest, ARepairMayMoveTheAppliedPositionBack) {
  Progress progress;
  progress.move_received(at(10), 5, false);
  progress.move_assembled(5);
  progress.move_applied(applied(10, 5));
  progress.move_applied({.end = at(3), .may_move_back = true});
  EXPECT_EQ(progress.snapshot().applied, at(3));
}

TEST(ProgressTest, LagIsTheDistanceOfTheAppliedPositionWhileSomethingIsOutstanding) {
  Progress progress;
  const std::chrono::system_clock::time_point now{std::chrono::seconds(100)};
  EXPECT_EQ(lag_seconds(progress.snapshot(), now), 0);
  progress.move_received(at(10), 5, false);
  progress.move_assembled(5);
  progress.move_applied(applied(10, 5));
  EXPECT_EQ(lag_seconds(progress.snapshot(), now), 0) << "an idle source is no lag";
  progress.move_received(at(20), 5, false);
  EXPECT_EQ(lag_seconds(progress.snapshot(), now), 90);
  progress.move_assembled(5);
  progress.move_applied(applied(20, 5));
  progress.move_received(at(20), 0, true);
  EXPECT_EQ(lag_seconds(progress.snapshot(), now), 80) << "a full reply: the source has more";
}

}  // namespace
}  // namespace relay
