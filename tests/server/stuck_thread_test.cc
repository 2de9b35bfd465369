// A thread that hangs, in a pipeline with its real threads: the relay goes on to exist, and is
// not well.
#include <atomic>
#include <chrono>

#include <gtest/gtest.h>

#include "pipeline/stream_report.h"
#include "server/routes.h"
#include "support/fake_oplog.h"
#include "support/fake_sink.h"
#include "support/fake_source.h"
#include "support/fake_store.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kPatience{20};

// The real time, which the test can put forward under running threads.
class LeapingClock final : public Clock {
 public:
  TimePoint now() override { return std::chrono::steady_clock::now() + Duration(ahead_); }
  std::chrono::system_clock::time_point wall_now() override {
    return std::chrono::system_clock::now();
  }
  void leap(Duration duration) { ahead_ += duration.count(); }

 private:
  std::atomic<Duration::rep> ahead_ = 0;
};

class StuckThreadTest : public testing::Test {
 protected:
  StuckThreadTest()
      : tables_(std::move(TableMap::make({{.from = "shop.orders", .to = ""}}).value())) {
    PipelineOptions options;
    options.start.when_nothing_stored = StartAtTime{{1'700'000'000, 1}};
    oplog_.write("orders", 1, OperationType::insert);
    target_.on_commit = [this](const Batch&) {
      has_come_ = true;
      has_come_.notify_all();
      is_free_.wait(false);
    };
    pipeline_ = std::make_unique<Pipeline>(
        Seams{
            .source = source_, .sink = sink_, .store = store_, .clock = clock_, .tables = tables_},
        options);
    pipeline_->start();
    has_come_.wait(false);
  }
  ~StuckThreadTest() override { release(); }

  void release() {
    is_free_ = true;
    is_free_.notify_all();
  }

  HttpAnswer health() {
    const RelayFace face{.report =
                             [this] {
                               RelayReport report;
                               add_stream(report, "main", *pipeline_, {}, clock_);
                               return report;
                             },
                         .pause = {},
                         .resume = {},
                         .snapshot = {}};
    const Routes routes(face, Secret(), {}, clock_);
    HttpRequest request;
    request.method = "GET";
    request.path = "/healthz";
    return routes.respond(request);
  }

  LeapingClock clock_;
  FakeRandom random_{1};
  FakeRandom sink_random_{2};
  FakeOplog oplog_;
  FakeTarget target_;
  FakeStore store_;
  FakeSource source_{oplog_, random_};
  FakeSink sink_{target_, "a", sink_random_, clock_};
  TableMap tables_;
  std::atomic<bool> has_come_ = false;  // The applying thread, to where it is held.
  std::atomic<bool> is_free_ = false;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(StuckThreadTest, TurnsTheHealthBadUntilItMovesAgain) {
  EXPECT_EQ(health().status, 200) << "a statement may take its time";
  clock_.leap(minutes(4));
  EXPECT_EQ(health().status, 503);
  EXPECT_NE(health().body.find("stuck: thread relay-apply stream=main"), std::string::npos)
      << health().body;
  EXPECT_FALSE(pipeline_->is_finished()) << "nothing has ended";
  release();
  EXPECT_TRUE(wait_until(kPatience, [&] { return health().status == 200; })) << health().body;
}

}  // namespace
}  // namespace relay
