#include "pipeline/oplog_stage.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "observe/log.h"
#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class OplogStageTest : public StageFixture {
 protected:
  OplogStageTest() {
    world.is_busy = false;
    world.oplog.write("orders", 1, OperationType::insert);
    world.start(from_the_beginning());
    EXPECT_TRUE(world.settle());
  }

  // The fake source's times begin here.
  static constexpr std::uint32_t kNow = 1'700'000'000;

  // A full oplog, 1,000 bytes a second, in which the position has so much behind it. Down it goes
  // by the passing time.
  void look_at(std::uint32_t runway_seconds) {
    const std::uint32_t before = std::exchange(runway_seconds_, runway_seconds);
    const std::uint32_t passed = before > runway_seconds ? before - runway_seconds : 0;
    const std::uint64_t bytes = 1'000 * (std::uint64_t{runway_seconds} + 10);
    world.relay()->source.oplog_facts =
        std::optional(OplogFacts{.first = {kNow - runway_seconds, 1},
                                 .last = {kNow + 10, 1},
                                 .bytes = bytes,
                                 .bytes_max = bytes});
    look(std::max(seconds(10), seconds(passed)));
  }
  void look(Clock::Duration after = seconds(10)) {
    world.clock.advance(after);
    EXPECT_EQ(world.relay()->stages.oplog.step(), StepState::idle);
  }
  [[nodiscard]] std::optional<double> runway() {
    return world.relay()->stages.progress.snapshot().oplog_runway_seconds;
  }
  [[nodiscard]] std::size_t count_lines(std::string_view text) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        lines, [&](const std::string& line) { return line.find(text) != std::string::npos; }));
  }

  SimWorld::Relay* relay() { return world.relay(); }

  std::uint32_t runway_seconds_ = 0;

  std::vector<std::string> lines;
  LogCapture capture{[this](std::string_view line) { lines.emplace_back(line); }};
};

TEST_F(OplogStageTest, TheRunwayIsInTheProgress) {
  EXPECT_EQ(runway(), std::nullopt);
  look_at(7'200);
  ASSERT_TRUE(runway());
  EXPECT_NEAR(*runway(), 7'200, 20);
  look_at(5'000);
  EXPECT_NEAR(*runway(), 5'000, 20);
}

TEST_F(OplogStageTest, EachLimitIsSaidOnceOnTheWayDownAndOnTheWayUp) {
  look_at(4'000);
  EXPECT_EQ(count_lines("warn"), 0U);
  look_at(3'500);
  look_at(3'400);
  look_at(3'700);
  look_at(3'500);
  EXPECT_EQ(count_lines("oplog runway is below an hour"), 1U) << "it sways about the limit";
  EXPECT_EQ(count_lines("longer than"), 0U);
  look_at(500);
  look_at(400);
  EXPECT_EQ(count_lines("oplog runway is below ten minutes"), 1U);
  look_at(900);
  EXPECT_EQ(count_lines("oplog runway is longer than ten minutes again"), 1U);
  look_at(6'000);
  EXPECT_EQ(count_lines("oplog runway is longer than an hour again"), 1U);
  look_at(300);
  EXPECT_EQ(count_lines("oplog runway is below an hour"), 1U) << "the worse of the two says it";
  EXPECT_EQ(count_lines("oplog runway is below ten minutes"), 2U);
}

TEST_F(OplogStageTest, WithoutTheRightItIsUnknownAndThatIsSaidOnce) {
  relay()->source.oplog_facts = Error{ErrorKind::source_refused, "read the ends of the oplog", ""};
  for (int i = 0; i < 5; ++i)
    look(minutes(10));
  EXPECT_EQ(runway(), std::nullopt);
  EXPECT_EQ(count_lines("oplog runway is unknown"), 1U);
  EXPECT_EQ(count_lines("no right to read local.oplog.rs"), 1U);
  look_at(7'200);
  EXPECT_EQ(runway(), std::nullopt) << "nobody is asked every ten seconds for what he may not tell";
  look(minutes(10));
  EXPECT_TRUE(runway()) << "the right was granted meanwhile";
}

TEST_F(OplogStageTest, AShardedClusterHasNoOplogToLookAt) {
  relay()->source.oplog_facts = std::optional<OplogFacts>();
  look();
  EXPECT_EQ(runway(), std::nullopt);
  EXPECT_EQ(count_lines("a sharded cluster has an oplog for each shard"), 1U);
}

TEST_F(OplogStageTest, ASourceThatIsAwayIsNotAskedAndTheTimePasses) {
  look_at(7'200);
  relay()->stages.progress.set_source_connected(false);
  look_at(50'000);
  EXPECT_NEAR(*runway(), 7'190, 20);
  relay()->stages.progress.set_source_connected(true);
  relay()->source.oplog_facts = Error{ErrorKind::source_unavailable, "read the oplog", ""};
  look();
  EXPECT_NEAR(*runway(), 7'180, 20) << "nor does an error make it longer";
}

// A position that stands still while the source writes.
TEST_F(OplogStageTest, SnapshotsWaitWhileAShortRunwayShrinks) {
  world.oplog.put_silently("users", 1);
  relay()->stages.board.request("shop.users");
  for (std::uint32_t look = 0; look < 4; ++look) {
    relay()->source.oplog_facts = std::optional(OplogFacts{.first = {kNow - 2'000 + 20 * look, 1},
                                                           .last = {kNow + 10 + 20 * look, 1},
                                                           .bytes = 1'000'000,
                                                           .bytes_max = 1'000'000});
    this->look();
  }
  EXPECT_EQ(count_lines("oplog runway shrinks"), 1U);
  StageSet& stages = relay()->stages;
  ASSERT_TRUE(stages.progress.snapshot().is_runway_shrinking);
  const auto claims = [&] {
    for (int i = 0; i < 100; ++i) {
      if (stages.snapshots[0].step() == StepState::ran) return true;
      world.clock.advance(seconds(1));
    }
    return false;
  };
  // Lets the board take the request.
  for (int i = 0; i < 20; ++i) {
    stages.assemble.step();
    stages.apply.step();
  }
  stages.progress.move_received(stages.progress.snapshot().received, 0, true);
  EXPECT_FALSE(claims()) << "the stream is behind";
  stages.progress.move_received(stages.progress.snapshot().received, 0, false);
  EXPECT_TRUE(claims()) << "the stream has nothing to do";
}

TEST_F(OplogStageTest, EndsWithTheStream) {
  relay()->stages.replies.close();
  EXPECT_EQ(relay()->stages.oplog.step(), StepState::finished);
}

TEST_F(OplogStageTest, EndsWithADrain) {
  relay()->stages.control.drain();
  EXPECT_EQ(relay()->stages.oplog.step(), StepState::finished);
}

}  // namespace
}  // namespace relay
