#include "pipeline/stage_thread.h"

#include <atomic>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace relay {
namespace {

// Idle until it is told to end, with nothing to wake up for.
struct IdleStage {
  StepState step() {
    ++steps;
    return is_ended ? StepState::finished : StepState::idle;
  }
  [[nodiscard]] Clock::TimePoint wake_at() const { return {}; }

  std::atomic<int> steps = 0;
  std::atomic<bool> is_ended = false;
};

struct ThrowingStage {
  static StepState step() { throw std::runtime_error("driver"); }
  [[nodiscard]] static Clock::TimePoint wake_at() { return {}; }
};

// A wake-up time in the past once made the thread spin, which cost more than all its work.
TEST(StageThreadTest, AnIdleStageIsNotSteppedBeforeTheBellRings) {
  Doorbell bell;
  FakeClock clock;
  IdleStage stage;
  std::jthread thread([&](const std::stop_token& stop) {
    run_stage(stage, bell, clock, stop, [](Error) { FAIL() << "no barrier here"; });
  });
  constexpr int kRings = 5;
  for (int i = 0; i < kRings; ++i)
    bell.ring();
  stage.is_ended = true;
  bell.ring();
  thread.join();
  // One step for each ring at most, one before them, and a nap that ends by itself on a slow
  // machine.
  EXPECT_LE(stage.steps, kRings + 4);
}

TEST(StageThreadTest, AnExceptionBecomesAnInternalError) {
  Doorbell bell;
  FakeClock clock;
  ThrowingStage stage;
  Error caught;
  run_stage(stage, bell, clock, {}, [&](Error error) { caught = std::move(error); });
  EXPECT_EQ(caught.kind, ErrorKind::internal);
}

}  // namespace
}  // namespace relay
