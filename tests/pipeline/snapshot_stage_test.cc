#include "pipeline/snapshot_stage.h"

#include <algorithm>
#include <vector>

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

constexpr auto kInsert = OperationType::insert;

class SnapshotStageTest : public StageFixture {
 protected:
  SnapshotStageTest() { world.is_busy = false; }

  static PipelineOptions with_snapshot() {
    PipelineOptions options;
    options.start = {.when_nothing_stored = StartNow{}, .takes_snapshots = true};
    options.snapshot = {.chunk_rows = 10, .chunk_bytes = 1'000, .parallel = 2};
    return options;
  }

  void put(int count) {
    for (int key = 0; key < count; ++key)
      world.oplog.put_silently("orders", key);
  }

  // With the lanes that copy, until nothing more is read; then to the end.
  bool run_once() {
    for (int i = 0; i < 5'000 && !world.relay()->stages.replies.is_closed(); ++i) {
      world.step();
      world.clock.advance(std::chrono::milliseconds(20));
    }
    return run_to_end();
  }
};

TEST_F(SnapshotStageTest, WhatWasThereBeforeArrives) {
  put(100);
  world.start(with_snapshot());
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 100U);
  EXPECT_EQ(world.relay()->source.documents_read, 100U) << "each document once";
  EXPECT_GT(world.target.copies, 0U);
}

TEST_F(SnapshotStageTest, ASnapshotIsTakenOnce) {
  put(30);
  world.start(with_snapshot());
  run_to_rest();
  world.crash();
  world.start(with_snapshot());
  run_to_rest();
  EXPECT_EQ(world.relay()->source.documents_read, 0U);
}

// Its drop is in the lost past, its return is not: rows of the earlier collection stayed for ever.
TEST_F(SnapshotStageTest, ACollectionThatWentInTheLostPastAndComesBackIsCopied) {
  put(5);
  world.start(with_snapshot());
  run_to_rest();
  world.oplog.drop("orders");
  world.oplog.lose_history();
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 5U) << "on_drop = keep";
  world.oplog.write("orders", 7, kInsert);
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 1U);
}

TEST(ChunkRowsTest, AChunkIsASmallShareOfItsRange) {
  const SnapshotOptions options{.chunk_rows = 10'000};
  const auto rows_of = [&](std::uint64_t estimated) {
    return chunk_rows_of({.rows_estimated = estimated}, options);
  };
  EXPECT_EQ(rows_of(130 * 501), 501U);
  EXPECT_EQ(rows_of(130 * 500), 500U);
  EXPECT_EQ(rows_of(130 * 499), 500U) << "a chunk costs a transaction";
  EXPECT_EQ(rows_of(1), 500U);
  EXPECT_EQ(rows_of(130 * 9'999), 9'999U);
  EXPECT_EQ(rows_of(130 * 10'001), 10'000U) << "the setting is the most";
  EXPECT_EQ(rows_of(0), 10'000U) << "not known";
  EXPECT_EQ(chunk_rows_of({.rows_estimated = 1}, {.chunk_rows = 7}), 7U);
}

TEST_F(SnapshotStageTest, ASnapshotGoesOnWhereItWasCut) {
  put(200);
  world.start(with_snapshot());
  while (world.target.rows.size() < 100) {
    world.step();
    world.clock.advance(std::chrono::milliseconds(10));
  }
  const std::size_t done = world.target.rows.size();
  world.crash();
  world.start(with_snapshot());
  run_to_rest();
  EXPECT_LE(world.relay()->source.documents_read, 200 - done);
}

TEST_F(SnapshotStageTest, RowsThatVanishedWhileNobodyLookedGoAway) {
  put(50);
  world.start(with_snapshot());
  run_to_rest();
  world.crash();
  for (int key = 0; key < 50; key += 3)
    world.oplog.write("orders", key, OperationType::delete_);
  world.oplog.lose_history();
  world.start(with_snapshot());
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 33U);
}

TEST_F(SnapshotStageTest, ATableThatIsAskedForIsCopiedAgain) {
  put(20);
  world.start(with_snapshot());
  run_to_rest();
  world.target.rows.erase({"shop.orders", "7"});
  world.target.rows[{"shop.orders", "99"}] = R"({"_id":99,"seq":1})";
  EXPECT_TRUE(world.relay()->stages.board.request("shop.orders"));
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 20U);
}

// The stream has priority: what it cannot follow is not made worse by reading more.
TEST_F(SnapshotStageTest, NothingIsReadWhileTheStreamIsBehind) {
  put(20);
  world.start(with_snapshot());
  StageSet& stages = world.relay()->stages;
  stages.apply.step();
  stages.read.step();
  stages.progress.move_received({"x", {1, 1}}, 0, true);
  stages.board.set_opened();
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(stages.snapshots[0].step(), StepState::idle);
  EXPECT_EQ(world.relay()->source.documents_read, 0U);
}

// Else every chunk that was read before them would put them off.
TEST_F(SnapshotStageTest, EventsThatWaitGoBeforeTheNextChunk) {
  constexpr int kEvents = 10;
  put(100);
  PipelineOptions options = with_snapshot();
  options.snapshot.parallel = 1;
  world.start(options);
  StageSet& stages = world.relay()->stages;
  const auto work = [&](auto& stage) {
    while (stage.step() == StepState::ran) {
    }
    world.clock.advance(std::chrono::milliseconds(1));
  };
  const auto read = [&] {
    stages.read.step();
    stages.read.step();  // Hands the reply on.
  };
  const auto go_round = [&] {
    work(stages.snapshots[0]);
    if (stages.replies.weight() == 0) read();
    work(stages.assemble);
  };
  while (world.target.rows.size() < 10) {
    stages.apply.step();
    go_round();
  }
  std::vector<std::uint64_t> event_counts;  // 0: a chunk.
  world.target.on_commit = [&](const Batch& batch) { event_counts.push_back(batch.event_count); };
  for (int i = 0; i < 10; ++i)  // The target stands still: all that can be read ahead is.
    go_round();
  for (int key = 1'000; key < 1'000 + kEvents; ++key) {
    world.oplog.write("orders", key, kInsert);
    read();
  }
  while (world.target.rows.size() < 100 + kEvents) {
    stages.apply.step();
    go_round();
  }
  while (!event_counts.empty() && event_counts.back() == 0)
    event_counts.pop_back();
  // The chunk that was handed on already, the one whose turn it was, and one behind an empty reply
  // that was in the queue; then all events. A fourth chunk was read ahead and has to wait.
  EXPECT_LE(event_counts.size(), 4U) << testing::PrintToString(event_counts);
  EXPECT_EQ(event_counts.back(), kEvents);
}

TEST_F(SnapshotStageTest, OnceEndsWhenTheSnapshotIsDone) {
  put(60);
  PipelineOptions options = with_snapshot();
  options.mode = RunMode::once;
  world.start(options);
  ASSERT_TRUE(run_once());
  EXPECT_EQ(world.target.rows.size(), 60U);
  EXPECT_EQ(world.difference(), "");
}

// The reply that reaches the end may be the one that asks for a copy.
TEST_F(SnapshotStageTest, OnceEndsBehindACopyThatItsLastEventsAskFor) {
  world.oplog.tells_creates = true;
  put(60);
  world.start(with_snapshot());
  ASSERT_TRUE(world.settle());
  world.crash();
  world.oplog.drop("orders");
  for (int key = 1'000; key < 1'005; ++key)
    world.oplog.write("orders", key, kInsert);
  PipelineOptions options = with_snapshot();
  options.mode = RunMode::once;
  world.start(options);
  ASSERT_TRUE(run_once());
  EXPECT_EQ(world.target.rows.size(), 5U) << "rows of the old collection are swept";
  EXPECT_EQ(world.difference(), "");
}

TEST_F(SnapshotStageTest, ADroppedCollectionCancelsItsCopyAndKeepsItsRows) {
  put(100);
  world.start(with_snapshot());
  while (world.target.rows.size() < 30) {
    world.step();
    world.clock.advance(std::chrono::milliseconds(10));
  }
  world.oplog.drop("orders");
  ASSERT_TRUE(world.settle());
  EXPECT_GE(world.target.rows.size(), 30U);
  world.oplog.write("orders", 1'000, kInsert);
  run_to_rest();
  EXPECT_EQ(world.target.rows.size(), 1U) << "the rows of the earlier collection are gone";
}

}  // namespace
}  // namespace relay
