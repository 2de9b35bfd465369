// The pipeline with its real threads, on fakes without faults and on the real clock.
#include "pipeline/pipeline.h"

#include <gtest/gtest.h>

#include "support/fake_oplog.h"
#include "support/fake_sink.h"
#include "support/fake_source.h"
#include "support/fake_store.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::seconds;

class PipelineTest : public testing::Test {
 protected:
  PipelineTest() : tables_(std::move(TableMap::make({{.from = "shop.orders", .to = ""}}).value())) {
    options_.start.when_nothing_stored = StartAtTime{{1'700'000'000, 1}};
    for (int key = 0; key < 200; ++key)
      oplog_.write("orders", key, OperationType::insert);
  }

  Seams seams() {
    return {.source = source_, .sink = sink_, .store = store_, .clock = clock_, .tables = tables_};
  }

  SystemClock clock_;
  FakeRandom source_random_{1};
  FakeRandom sink_random_{2};
  FakeOplog oplog_;
  FakeTarget target_;
  FakeStore store_;
  FakeSource source_{oplog_, source_random_};
  FakeSink sink_{target_, "a", sink_random_, clock_};
  TableMap tables_;
  PipelineOptions options_;
};

TEST_F(PipelineTest, OnceEndsByItselfWithEverythingApplied) {
  options_.mode = RunMode::once;
  Pipeline pipeline(seams(), options_);
  pipeline.start();
  ASSERT_TRUE(wait_until(seconds(20), [&] { return pipeline.is_finished(); }));
  EXPECT_EQ(pipeline.failure(), std::nullopt);
  EXPECT_EQ(target_.rows.size(), 200U);
}

TEST_F(PipelineTest, DrainEndsARunningPipeline) {
  Pipeline pipeline(seams(), options_);
  pipeline.start();
  ASSERT_TRUE(wait_until(seconds(20), [&] { return pipeline.progress().events_applied > 0; }));
  pipeline.drain();
  ASSERT_TRUE(wait_until(seconds(20), [&] { return pipeline.is_finished(); }));
  EXPECT_EQ(pipeline.failure(), std::nullopt);
  const ProgressSnapshot end = pipeline.progress();
  EXPECT_EQ(end.events_stored, end.events_received);
}

TEST_F(PipelineTest, AFailureEndsEveryThread) {
  sink_.next_error = Error{ErrorKind::sink_refused, "open the target: test", ""};
  Pipeline pipeline(seams(), options_);
  pipeline.start();
  ASSERT_TRUE(wait_until(seconds(20), [&] { return pipeline.is_finished(); }));
  EXPECT_EQ(pipeline.failure()->kind, ErrorKind::sink_refused);
}

TEST_F(PipelineTest, DestructionStopsItsThreads) {
  Pipeline pipeline(seams(), options_);
  pipeline.start();
}

}  // namespace
}  // namespace relay
