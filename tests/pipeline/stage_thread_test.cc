#include "pipeline/stage_thread.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace relay {
namespace {

struct ThrowingStage {
  static StepState step() { throw std::runtime_error("driver"); }
  [[nodiscard]] static Clock::TimePoint wake_at() { return {}; }
};

// A wake-up time in the past once made the thread spin, which cost more than all its work.
TEST(StageThreadTest, AnIdleStageNeverSpins) {
  const Clock::TimePoint now{std::chrono::hours(1)};
  EXPECT_EQ(nap_of({}, now), kNapMax);
  EXPECT_EQ(nap_of(now, now), kNapMax);
  EXPECT_EQ(nap_of(now + std::chrono::milliseconds(5), now), std::chrono::milliseconds(5));
  EXPECT_EQ(nap_of(now + std::chrono::hours(1), now), kNapMax);
}

TEST(StageThreadTest, AnExceptionBecomesAnInternalError) {
  Doorbell bell;
  FakeClock clock;
  ThrowingStage stage;
  Error caught;
  Heartbeat heartbeat;
  run_stage(stage, bell, clock, {}, heartbeat, [&](Error error) { caught = std::move(error); });
  EXPECT_EQ(caught.kind, ErrorKind::internal);
  EXPECT_EQ(heartbeat.at(), clock.now());
}

}  // namespace
}  // namespace relay
