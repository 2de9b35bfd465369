#include "pipeline/assemble_stage.h"

#include <set>

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

class AssembleStageTest : public StageFixture {};

constexpr auto kInsert = OperationType::insert;
constexpr auto kUpdate = OperationType::update;

TEST_F(AssembleStageTest, AnUpdatedDocumentIsFetchedOnceHoweverOftenItChanged) {
  world.oplog.write("orders", 1, kInsert);
  for (int i = 0; i < 4; ++i)
    world.oplog.write("orders", 1, kUpdate);
  world.start(from_the_beginning());
  run_to_rest();
  EXPECT_EQ(world.relay()->source.look_up_count, 1U);
}

TEST_F(AssembleStageTest, AnUpdatedDocumentThatIsGoneIsADelete) {
  world.oplog.write("orders", 1, kInsert);
  world.oplog.write("orders", 1, kUpdate);
  world.oplog.write("orders", 1, OperationType::delete_);
  PipelineOptions options = from_the_beginning();
  options.limits.rows_max = 2;  // The delete is not in the batch of the update.
  world.start(options);
  run_to_rest();
  EXPECT_TRUE(world.target.rows.empty());
}

// Every commit shows a transaction whole or not at all.
TEST_F(AssembleStageTest, ATransactionArrivesWhole) {
  for (int key = 0; key < 3; ++key)
    world.oplog.write("orders", key, kInsert);
  for (int key = 10; key < 14; ++key)
    world.oplog.write("orders", key, kInsert, 7);
  std::set<std::size_t> seen;
  PipelineOptions options = from_the_beginning();
  options.limits.rows_max = 5;
  world.start(options);
  world.relay()->source.reply_events_max = 5;  // A reply ends in the middle of it.
  world.target.on_commit = [&](const Batch&) {
    std::size_t count = 0;
    for (int key = 10; key < 14; ++key)
      count += world.target.rows.count({"shop.orders", std::to_string(key)});
    seen.insert(count);
  };
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(seen, (std::set<std::size_t>{0, 4}));
}

// Look-ups may bring documents far larger than anybody could guess from the events.
TEST_F(AssembleStageTest, ABatchThatProvesTooLargeIsMadeOfFewerEvents) {
  for (int key = 0; key < 16; ++key)
    world.oplog.write("orders", key, kInsert);
  for (int key = 0; key < 16; ++key)
    world.oplog.write("orders", key, kUpdate);
  PipelineOptions options = from_the_beginning();
  options.limits.bytes_max = 1U << 20U;
  world.start(options);
  world.relay()->source.document_bytes = 1'500'000;
  world.relay()->source.reply_events_max = 100;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.difference(), "");
  EXPECT_GE(world.target.commits, 4U) << "sixteen documents of 1.5 MB are not one batch of 1 MiB";
}

TEST_F(AssembleStageTest, EventsNobodyWantsStillMoveThePosition) {
  world.start(from_the_beginning());
  for (int key = 0; key < 12; ++key)
    world.oplog.write("audit", key, kInsert);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.checkpoint->position, world.oplog.position_after(12));
  EXPECT_TRUE(world.target.rows.empty());
  EXPECT_LE(world.target.commits, 4U) << "positions without rows are stored now and then only";
}

TEST_F(AssembleStageTest, DrainingAppliesWhatWasReceived) {
  world.start(from_the_beginning());
  for (int key = 0; key < 20; ++key)
    world.oplog.write("orders", key, kInsert);
  StageSet& stages = world.relay()->stages;
  while (stages.progress.snapshot().events_received == 0)
    world.step();
  stages.control.drain();
  ASSERT_TRUE(run_to_end());
  const ProgressSnapshot end = stages.progress.snapshot();
  EXPECT_EQ(end.events_stored, end.events_received);
  EXPECT_EQ(world.violation(), "");
}

// By the number of events in a reply.
class FragmentTest : public StageFixture, public testing::WithParamInterface<std::size_t> {};

TEST_P(FragmentTest, FragmentsBecomeOneEventWhereverTheRepliesEnd) {
  world.splits_large_events = true;
  for (int key = 0; key < 9; ++key) {
    world.oplog.write("orders", key, kInsert);
    if (key % 2 == 1) world.oplog.enlarge_last();
  }
  world.start(from_the_beginning());
  world.relay()->source.reply_events_max = GetParam();
  run_to_rest();
  const ProgressSnapshot end = world.relay()->stages.progress.snapshot();
  EXPECT_EQ(world.relay()->source.look_up_count, 0U) << "the documents were sent";
  EXPECT_EQ(end.upserts, 9U);
  EXPECT_EQ(end.events_applied, end.events_received) << "else the lag would never end";
}

INSTANTIATE_TEST_SUITE_P(AssembleStage, FragmentTest, testing::Values(1, 2, 4, 100));

// The position stays before an event of which only some fragments have come; after a restart all of
// them come again.
TEST_F(AssembleStageTest, HalfAnEventIsNoPosition) {
  world.splits_large_events = true;
  world.oplog.write("orders", 1, kInsert);
  world.oplog.write("orders", 2, kInsert);
  world.oplog.enlarge_last();
  world.start(from_the_beginning());
  world.relay()->source.reply_events_max = 2;
  StageSet& stages = world.relay()->stages;
  while (stages.progress.snapshot().events_received < 2)
    world.step();
  stages.control.drain();
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.target.checkpoint->position, world.oplog.position_after(1));
  EXPECT_EQ(world.target.rows.size(), 1U);
  world.start(from_the_beginning());
  run_to_rest();
}

TEST_F(AssembleStageTest, ALookUpThatFailsIsRepeated) {
  world.oplog.write("orders", 1, kInsert);
  world.oplog.write("orders", 1, kUpdate);
  world.source_fault_every = 3;
  world.start(from_the_beginning());
  run_to_rest();
}

// It waited for the end for ever, and with it the tables that had to be copied again.
TEST_F(AssembleStageTest, ATransactionWhoseEndIsLostDoesNotHoldTheRepair) {
  world.start(from_the_beginning());
  world.relay()->source.reply_events_max = 2;
  run_to_rest();
  for (int key = 0; key < 4; ++key)
    world.oplog.write("orders", key, OperationType::insert, 1);
  const auto received = [&] { return world.relay()->stages.progress.snapshot().events_received; };
  while (received() < 2)
    world.step();
  world.oplog.lose_history();
  run_to_rest();
}

}  // namespace
}  // namespace relay
