#include "pipeline/stream_report.h"

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

class StreamReportTest : public testing::Test {
 protected:
  StreamReportTest() { world.is_busy = false; }

  Pipeline& start() {
    relay = std::make_unique<SimWorld::Relay>(world, "a", PipelineOptions{});
    pipeline = std::make_unique<Pipeline>(Seams{.source = relay->source,
                                                .sink = relay->sink,
                                                .store = world.store,
                                                .clock = clock,
                                                .tables = relay->tables},
                                          PipelineOptions{});
    return *pipeline;
  }

  RelayReport report() {
    RelayReport made;
    add_stream(made, "main", *pipeline, {}, clock);
    return made;
  }

  SimWorld world{1};
  SystemClock clock;
  std::unique_ptr<SimWorld::Relay> relay;
  std::unique_ptr<Pipeline> pipeline;
};

TEST_F(StreamReportTest, ARelayThatHasNotReachedItsServersIsStarting) {
  start();
  const RelayReport made = report();
  EXPECT_EQ(made.state, RelayState::starting);
  EXPECT_FALSE(made.is_source_connected);
  ASSERT_EQ(made.streams.size(), 1U);
  EXPECT_FALSE(made.streams[0].lag_seconds.has_value());
}

TEST_F(StreamReportTest, ADrainingRelayIsStopping) {
  start().drain();
  EXPECT_EQ(report().state, RelayState::stopping);
}

TEST_F(StreamReportTest, APausedRelaySaysSoUntilItIsStopped) {
  start().set_paused(true);
  EXPECT_TRUE(report().is_paused);
  pipeline->drain();
  EXPECT_FALSE(report().is_paused);
}

}  // namespace
}  // namespace relay
