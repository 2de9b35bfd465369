#include "pipeline/apply_stage.h"

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

class ApplyStageTest : public StageFixture {
 protected:
  void write_orders(int count) {
    for (int i = 0; i < count; ++i)
      world.oplog.write("orders", i, OperationType::insert);
  }
};

Error error_of(ErrorKind kind) {
  return {kind, "apply batch: test", ""};
}

TEST_F(ApplyStageTest, KnownTablesAreThereBeforeTheFirstEvent) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.tables, (std::set<std::string>{"shop.orders", "shop.users"}));
}

TEST_F(ApplyStageTest, ABatchInDoubtIsNotAppliedTwiceWhenItIsIn) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  const std::uint64_t commits = world.target.commits;
  // The commit happens, its answer is lost.
  world.target.on_commit = [this](const Batch&) {
    world.target.on_commit = nullptr;
    world.relay()->sink.next_error = std::nullopt;
  };
  write_orders(3);
  world.target_fault_every = 0;
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.commits, commits + 1);
  EXPECT_EQ(world.difference(), "");
}

TEST_F(ApplyStageTest, ARefusedRowBecomesADeadLetterAndTheRestIsApplied) {
  world.target.poison = {"2"};
  world.start(from_the_beginning());
  write_orders(5);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.rows.size(), 4U);
  ASSERT_EQ(world.target.letters.size(), 1U);
  EXPECT_EQ(world.target.letters.begin()->second.doc_key, "2");
}

// A refused batch is written for nothing, so the next ones are searched first.
TEST_F(ApplyStageTest, AfterARefusalBatchesAreSearchedAtOnceForAWhile) {
  for (const int id : {0, 1, 2, 3, 4, 100})
    world.target.poison.insert(std::to_string(id));
  PipelineOptions options = from_the_beginning();
  options.limits.rows_max = 1;
  world.start(options);
  write_orders(5);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.letters.size(), 5U);
  EXPECT_EQ(world.target.refusals, 1U);
  for (int id = 5; id < 25; ++id)
    world.oplog.write("orders", id, OperationType::insert);
  world.oplog.write("orders", 100, OperationType::insert);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.target.rows.size(), 20U);
  EXPECT_EQ(world.target.letters.size(), 6U);
  EXPECT_EQ(world.target.refusals, 2U) << "twenty good batches end the suspicion";
}

// Until the other relay's lease ends, however often it is renewed; nothing is touched meanwhile.
TEST_F(ApplyStageTest, AStandbyWaitsForTheLeaseAndThenLeads) {
  PipelineOptions options = from_the_beginning();
  options.waits_as_standby = true;
  options.lease = std::chrono::seconds(5);
  world.target.owner = "b";
  write_orders(5);
  world.start(options);
  for (int i = 0; i < 1'000; ++i) {
    world.target.lease_until = world.clock.now() + std::chrono::seconds(5);
    world.step();
    world.clock.advance(std::chrono::milliseconds(100));
  }
  const ProgressSnapshot waiting = world.relay()->stages.progress.snapshot();
  EXPECT_TRUE(waiting.is_standby);
  EXPECT_FALSE(waiting.is_target_connected);
  EXPECT_EQ(waiting.target_errors, 0U);
  EXPECT_EQ(waiting.trouble, "");
  EXPECT_EQ(world.target.commits, 0U);
  EXPECT_TRUE(world.target.tables.empty());
  EXPECT_EQ(world.relay()->stages.failure(), std::nullopt);
  run_to_rest();
  EXPECT_FALSE(world.relay()->stages.progress.snapshot().is_standby);
  EXPECT_EQ(world.target.owner, "a");
}

TEST_F(ApplyStageTest, AStandbyLeavesWhenItIsAsked) {
  PipelineOptions options = from_the_beginning();
  options.waits_as_standby = true;
  world.target.owner = "b";
  world.target.lease_until = world.clock.now() + std::chrono::hours(1);
  world.start(options);
  for (int i = 0; i < 100; ++i)
    world.step();
  world.relay()->stages.control.drain();
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure(), std::nullopt);
  EXPECT_EQ(world.target.owner, "b");
}

TEST_F(ApplyStageTest, ATargetThatRefusesUsStopsTheRelay) {
  world.start(from_the_beginning());
  world.relay()->sink.next_error = error_of(ErrorKind::sink_refused);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::sink_refused);
}

// Connecting works, so that alone must not count as the end of the trouble.
TEST_F(ApplyStageTest, ABatchThatKeepsFailingWithoutAReasonStopsTheRelay) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  world.relay()->sink.apply_error = error_of(ErrorKind::sink_unknown);
  write_orders(2);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::sink_unknown);
}

TEST_F(ApplyStageTest, ASecondRelayIsRefusedWhileTheFirstRenewsItsLease) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  SimWorld::Relay second(world, "b", from_the_beginning());
  for (int i = 0; i < 400 && second.stages.apply.failure() == nullptr; ++i) {
    second.stages.apply.step();
    for (int j = 0; j < 6; ++j)
      world.step();
    world.clock.advance(std::chrono::milliseconds(50));
  }
  ASSERT_NE(second.stages.apply.failure(), nullptr);
  EXPECT_EQ(second.stages.apply.failure()->kind, ErrorKind::lease_held);
  EXPECT_EQ(world.relay()->stages.failure(), std::nullopt);
}

TEST_F(ApplyStageTest, ASecondRelayTakesOverFromOneThatDied) {
  world.start(from_the_beginning(), "a");
  write_orders(3);
  run_to_rest();
  world.crash();
  world.oplog.write("orders", 1, OperationType::update);
  world.start(from_the_beginning(), "b");
  run_to_rest();
}

TEST_F(ApplyStageTest, TheOneThatWasTakenOverFromStopsWithoutWriting) {
  world.start(from_the_beginning(), "a");
  ASSERT_TRUE(world.settle());
  world.target.epoch += 1;
  world.target.owner = "b";
  write_orders(2);
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::lease_lost);
  EXPECT_TRUE(world.target.rows.empty());
}

TEST_F(ApplyStageTest, ADrainDoesNotWaitForATargetThatIsDown) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  world.relay()->sink.fault_every = 1;
  write_orders(2);
  for (int i = 0; i < 50; ++i)
    world.step();
  world.relay()->stages.control.drain();
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure(), std::nullopt);
  world.start(from_the_beginning());
  run_to_rest();
}

TEST_F(ApplyStageTest, AStateFileThatFailsStopsTheRelay) {
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  world.store.is_failing = true;
  write_orders(2);
  world.clock.advance(std::chrono::seconds(5));
  ASSERT_TRUE(run_to_end());
  EXPECT_EQ(world.relay()->stages.failure()->kind, ErrorKind::store_failed);
}

TEST_F(ApplyStageTest, ARestoredTargetTakesTheStateFileBackWithIt) {
  world.start(from_the_beginning());
  write_orders(3);
  run_to_rest();
  const FakeTarget backup = world.target;
  world.oplog.write("orders", 1, OperationType::update);
  run_to_rest();
  world.crash();
  world.target.rows = backup.rows;
  world.target.checkpoint = backup.checkpoint;
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.difference(), "");
}

// Dropped and made anew, say. The file's position says nothing about it, and stopping for it would
// stop every start.
TEST_F(ApplyStageTest, AnEmptyTargetBeginsAtTheGivenTimeWhateverTheStateFileHolds) {
  world.back_up();
  world.start(from_the_beginning());
  write_orders(3);
  run_to_rest();
  world.clock.advance(std::chrono::seconds(2));
  run_to_rest();
  ASSERT_EQ(world.store.stored(), world.target.checkpoint);
  world.restore_back_up();
  ASSERT_EQ(world.target.checkpoint, std::nullopt);
  world.start(from_the_beginning());
  run_to_rest();
}

}  // namespace
}  // namespace relay
