#include "server/health.h"

#include <gtest/gtest.h>

#include "support/sample_report.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

// The moment at which the sample's threads gave their last sign of life.
constexpr Clock::TimePoint kBeat{std::chrono::seconds(3'600)};

TEST(HealthTest, AThreadIsStuckPastItsOwnLimitOnly) {
  const RelayReport report = sample_report();
  EXPECT_TRUE(judge_health(report, kBeat + 30s).is_ok);
  const Health stuck = judge_health(report, kBeat + 31s);
  EXPECT_FALSE(stuck.is_ok);
  EXPECT_EQ(stuck.reason,
            "stuck: thread relay-read gave no sign of life for 31 s, its limit is 30 s");
}

// A restart would not bring the server back.
TEST(HealthTest, WaitingForAServerIsHealthy) {
  for (const RelayState state : {RelayState::starting,
                                 RelayState::waiting,
                                 RelayState::standby,
                                 RelayState::snapshot,
                                 RelayState::streaming}) {
    RelayReport report = sample_report();
    report.state = state;
    report.is_source_connected = false;
    report.is_target_connected = false;
    EXPECT_TRUE(judge_health(report, kBeat).is_ok) << format_relay_state(state);
  }
}

TEST(HealthTest, AWaitingRelayCanBeStuckToo) {
  RelayReport report = sample_report();
  report.state = RelayState::waiting;
  EXPECT_FALSE(judge_health(report, kBeat + 1h).is_ok);
}

TEST(HealthTest, StoppingIsNotHealthyAndSaysWhy) {
  RelayReport report = sample_report();
  report.state = RelayState::stopping;
  EXPECT_EQ(judge_health(report, kBeat).reason, "stopping");
  report.trouble = "apply batch: disk full";
  EXPECT_FALSE(judge_health(report, kBeat).is_ok);
  EXPECT_EQ(judge_health(report, kBeat).reason, "stopping: apply batch: disk full");
}

TEST(ReadinessTest, BothSidesAndEveryStreamAreNeeded) {
  RelayReport report = sample_report();
  EXPECT_TRUE(judge_readiness(report, kBeat).is_ok);
  report.state = RelayState::streaming;
  EXPECT_TRUE(judge_readiness(report, kBeat).is_ok);

  report.is_source_connected = false;
  EXPECT_EQ(judge_readiness(report, kBeat).reason, "the source is not connected");
  report = sample_report();
  report.is_target_connected = false;
  EXPECT_EQ(judge_readiness(report, kBeat).reason, "the target is not connected");
  report = sample_report();
  report.is_paused = true;
  EXPECT_EQ(judge_readiness(report, kBeat).reason, "paused");
  report = sample_report();
  report.streams[0].is_running = false;
  EXPECT_EQ(judge_readiness(report, kBeat).reason, "stream default does not run");
  report.streams.clear();
  EXPECT_EQ(judge_readiness(report, kBeat).reason, "no stream runs");
}

// Of two streams one is led here, the other by another relay.
TEST(ReadinessTest, AStreamThatAnotherRelayLeadsIsNoObstacle) {
  RelayReport report = sample_report();
  report.streams.push_back(report.streams[0]);
  report.streams[1].is_running = false;
  report.streams[1].is_standby = true;
  EXPECT_TRUE(judge_readiness(report, kBeat).is_ok);
}

TEST(ReadinessTest, OnlyARunningStreamIsReady) {
  for (const RelayState state :
       {RelayState::starting, RelayState::waiting, RelayState::standby, RelayState::stopping}) {
    RelayReport report = sample_report();
    report.state = state;
    EXPECT_FALSE(judge_readiness(report, kBeat).is_ok) << format_relay_state(state);
  }
  EXPECT_FALSE(judge_readiness(sample_report(), kBeat + 1h).is_ok) << "stuck";
}

}  // namespace
}  // namespace relay
