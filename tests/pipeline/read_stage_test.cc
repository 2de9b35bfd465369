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

// A reply fails as a whole, with the events before the large one in it.
TEST_F(ReadStageTest, AnEventThatIsTooLargeIsPassedAndItsDocumentFetched) {
  for (int key = 0; key < 3; ++key)
    world.oplog.write("orders", key, kInsert);
  world.oplog.enlarge_last();
  for (int key = 3; key < 12; ++key)
    world.oplog.write("orders", key, kInsert);
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_EQ(world.relay()->source.too_large_count, 3U) << "once among others, twice alone";
  EXPECT_EQ(world.relay()->source.look_up_count, 1U);
  const ProgressSnapshot end = world.relay()->stages.progress.snapshot();
  EXPECT_EQ(end.large_events, 1U);
  EXPECT_EQ(end.source_errors, 0U) << "nothing is wrong with the source";
  EXPECT_EQ(end.events_received, 12U) << "no event twice";
}

TEST_F(ReadStageTest, LargeEventsMayFollowEachOther) {
  for (int key = 0; key < 9; ++key) {
    world.oplog.write("orders", key % 3, OperationType::replace);
    world.oplog.enlarge_last();
  }
  world.oplog.write("orders", 1, OperationType::delete_);
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_EQ(world.relay()->stages.progress.snapshot().large_events, 9U);
}

TEST_F(ReadStageTest, OnlyTheEventThatCannotBeSplitIsTakenWithoutItsDocument) {
  world.splits_large_events = true;
  for (int key = 0; key < 4; ++key)
    world.oplog.write("orders", key, kInsert);
  world.oplog.make_last_huge();
  for (int key = 4; key < 8; ++key)
    world.oplog.write("orders", key, kInsert);
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_EQ(world.relay()->stages.progress.snapshot().large_events, 1U);
  EXPECT_EQ(world.relay()->source.look_up_count, 1U);
}

TEST_F(ReadStageTest, AWalkGoesOnAfterACut) {
  for (int key = 0; key < 12; ++key)
    world.oplog.write("orders", key, kInsert);
  world.oplog.enlarge_last();
  world.source_fault_every = 2;
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_EQ(world.relay()->stages.progress.snapshot().large_events, 1U);
}

TEST_F(ReadStageTest, AnEventThatIsTooLargeWithoutItsDocumentsStops) {
  world.oplog.write("orders", 1, kInsert);
  world.oplog.enlarge_last();
  world.start(from_the_beginning());
  FakeSource& source = world.relay()->source;
  ReadStage& read = world.relay()->stages.read;
  for (int i = 0; i < 200 && read.failure() == nullptr; ++i) {
    if (source.too_large_count == 3) source.next_error = error_of(ErrorKind::event_too_large);
    read.step();
    world.relay()->stages.assemble.step();
    world.relay()->stages.apply.step();
    world.clock.advance(std::chrono::milliseconds(50));
  }
  ASSERT_NE(read.failure(), nullptr);
  EXPECT_EQ(read.failure()->kind, ErrorKind::event_too_large);
  EXPECT_TRUE(world.target.rows.empty());
}

// A source that was restored from a backup, or whose clock was set back.
TEST_F(ReadStageTest, ARepairMayMoveThePositionBack) {
  world.start(from_the_beginning());
  for (int key = 0; key < 4; ++key)
    world.oplog.write("orders", key, kInsert);
  ASSERT_TRUE(world.settle());
  const Position before = world.target.checkpoint->position;
  world.is_busy = false;
  world.oplog.restore();
  run_to_rest();
  EXPECT_LT(world.target.checkpoint->position.cluster_time, before.cluster_time);
  const ProgressSnapshot end = world.relay()->stages.progress.snapshot();
  EXPECT_EQ(end.applied, world.target.checkpoint->position);
  const auto stored = world.store.load("default");
  ASSERT_TRUE(stored.ok() && stored.value());
  EXPECT_EQ(stored.value()->position, end.applied);
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
