#include "pipeline/read_stage.h"

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

class ReadStageTest : public StageFixture {};

constexpr auto kInsert = OperationType::insert;

Error error_of(ErrorKind kind) {
  return {kind, "read the stream: test", ""};
}

// The position is stored before the first event, so a crash right after the start does not change
// where the relay begins.
TEST_F(ReadStageTest, TheOpeningPositionIsStoredBeforeAnyEvent) {
  world.oplog.write("orders", 1, kInsert);
  PipelineOptions options;
  options.start.when_nothing_stored = StartNow{};
  world.start(options);
  ASSERT_TRUE(world.settle());
  ASSERT_TRUE(world.target.checkpoint.has_value());
  EXPECT_EQ(world.target.checkpoint->position, world.oplog.position_after(1));
  EXPECT_TRUE(world.target.rows.empty()) << "now begins behind what was there";
}

TEST_F(ReadStageTest, ReopensBehindTheLastReplyAfterACut) {
  world.start(from_the_beginning());
  for (int key = 0; key < 4; ++key)
    world.oplog.write("orders", key, kInsert);
  ASSERT_TRUE(world.settle());
  world.relay()->source.next_error = error_of(ErrorKind::source_unavailable);
  for (int key = 4; key < 8; ++key)
    world.oplog.write("orders", key, kInsert);
  run_to_rest();
  const auto& opened = std::get<StartAfter>(*world.relay()->source.opened_with);
  EXPECT_EQ(opened.checkpoint.position, world.oplog.position_after(4));
  EXPECT_EQ(world.relay()->stages.progress.snapshot().source_errors, 1U);
}

TEST_F(ReadStageTest, ATokenThatIsNotFoundIsTriedOnceFromItsTime) {
  world.start(from_the_beginning());
  world.oplog.write("orders", 1, kInsert);
  ASSERT_TRUE(world.settle());
  world.relay()->source.next_error = error_of(ErrorKind::token_not_found);
  world.oplog.write("orders", 2, kInsert);
  run_to_rest();
  EXPECT_EQ(std::get<StartAtTime>(*world.relay()->source.opened_with).time,
            world.oplog.position_after(1).cluster_time);
}

TEST_F(ReadStageTest, ATokenThatIsNotFoundTwiceIsALostPosition) {
  PipelineOptions options = from_the_beginning();
  options.on_position_lost = PositionLost::stop;
  world.start(options);
  world.oplog.write("orders", 1, kInsert);
  ASSERT_TRUE(world.settle());
  FakeSource& source = world.relay()->source;
  ReadStage& read = world.relay()->stages.read;
  for (int i = 0; i < 2; ++i) {
    source.next_error = error_of(ErrorKind::token_not_found);
    while (source.next_error) {
      read.step();
      world.relay()->stages.assemble.step();
      world.clock.advance(std::chrono::seconds(1));
    }
  }
  ASSERT_NE(read.failure(), nullptr);
  EXPECT_EQ(read.failure()->kind, ErrorKind::position_lost);
}

TEST_F(ReadStageTest, ALostPositionStopsWithEverythingReceivedApplied) {
  PipelineOptions options = from_the_beginning();
  options.on_position_lost = PositionLost::stop;
  world.start(options);
  world.oplog.write("orders", 1, kInsert);
  ASSERT_TRUE(world.settle());
  world.relay()->source.next_error = error_of(ErrorKind::position_lost);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::position_lost);
  EXPECT_EQ(world.difference(), "");
}

TEST_F(ReadStageTest, ALostPositionIsRepairedByCopyingEverythingAgain) {
  world.start(from_the_beginning());
  for (int key = 0; key < 4; ++key)
    world.oplog.write("orders", key, kInsert);
  ASSERT_TRUE(world.settle());
  world.crash();
  world.oplog.write("orders", 1, OperationType::delete_);
  world.oplog.write("orders", 2, OperationType::update);
  world.oplog.write("users", 7, kInsert);
  world.oplog.lose_history();
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_TRUE(std::holds_alternative<StartNow>(*world.relay()->source.opened_with));
}

TEST_F(ReadStageTest, OnceEndsAtThePositionTheSourceHadAtTheStart) {
  for (int key = 0; key < 12; ++key)
    world.oplog.write("orders", key, kInsert);
  PipelineOptions options = from_the_beginning();
  options.mode = RunMode::once;
  world.start(options);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure(), std::nullopt);
  EXPECT_EQ(world.difference(), "");
}

TEST_F(ReadStageTest, OnceGivesUpWhenTheSourceStaysAway) {
  PipelineOptions options = from_the_beginning();
  options.mode = RunMode::once;
  options.source_outage_max = std::chrono::seconds(10);
  world.source_fault_every = 1;
  world.start(options);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::source_unavailable);
}

TEST_F(ReadStageTest, ADefinitionThatChangedBeginsAtTheStoredTime) {
  world.start(from_the_beginning());
  for (int key = 0; key < 6; ++key)
    world.oplog.write("orders", key, kInsert);
  run_to_rest();
  world.crash();
  world.oplog.write("orders", 6, kInsert);
  world.start(from_the_beginning());
  world.relay()->source.hash = "fedcba9876543210";
  run_to_rest();
  EXPECT_EQ(world.target.checkpoint->pipeline_hash, "fedcba9876543210");
}

}  // namespace
}  // namespace relay
