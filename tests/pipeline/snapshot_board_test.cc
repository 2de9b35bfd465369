#include "pipeline/snapshot_board.h"

#include <gtest/gtest.h>

#include "pipeline/barrier_update.h"

namespace relay {
namespace {

class SnapshotBoardTest : public testing::Test {
 protected:
  SnapshotBoardTest() {
    board.add_table(&table);
    board.set_opened();
  }

  SnapshotPart part(int number, SnapshotState state) {
    return {.table = "s.t", .part = number, .rows_estimated = 10, .state = state};
  }

  // As after a plan that is applied.
  void begin(const std::vector<SnapshotPart>& parts) {
    const SnapshotUpdate update{.table = "s.t", .replaces_all = true, .parts = parts};
    board.replace(table, update);
    board.on_applied({&update, 1});
  }

  SnapshotUpdate finish_part(const SnapshotClaim& claim, std::uint64_t rows) {
    board.advance(claim, std::nullopt);
    SnapshotUpdate update = board.emit(claim, rows, std::nullopt, {});
    board.close(claim);
    board.on_applied({&update, 1});
    return update;
  }

  TableMapping table{.from = {"d", "c"}, .to = {"s", "t"}};
  SnapshotBoard board;
};

TEST_F(SnapshotBoardTest, NothingIsReadBeforeTheRequestIsDurable) {
  const SnapshotUpdate update = make_update(table, SnapshotState::waiting);
  board.replace(table, update);
  EXPECT_FALSE(board.claim().has_value());
  EXPECT_FALSE(board.is_idle());
  board.on_applied({&update, 1});
  const std::optional<SnapshotClaim> claim = board.claim();
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->job, SnapshotClaim::Job::plan);
  EXPECT_FALSE(board.claim().has_value()) << "one lane plans";
}

// A drop and a replacement of the collection, say, planned before the first is applied. Whether the
// table is empty must not be asked in between: it was taken for a new one, and rows that came after
// the drop stayed for ever.
TEST_F(SnapshotBoardTest, OfSeveralReplacementsTheLastOneOpensTheTable) {
  const SnapshotUpdate first = make_update(table, SnapshotState::done);
  const SnapshotUpdate last = make_update(table, SnapshotState::waiting);
  board.replace(table, first);
  board.replace(table, last);
  board.on_applied({&first, 1});
  EXPECT_FALSE(board.claim().has_value());
  EXPECT_FALSE(board.is_idle());
  board.on_applied({&last, 1});
  EXPECT_TRUE(board.claim().has_value());
}

TEST_F(SnapshotBoardTest, APartIsReadByOneLaneAtATimeAndInOrder) {
  begin({part(0, SnapshotState::copying), part(1, SnapshotState::copying)});
  const SnapshotClaim first = *board.claim();
  const SnapshotClaim second = *board.claim();
  EXPECT_NE(first.part.part, second.part.part);
  EXPECT_FALSE(board.claim().has_value());
  SnapshotPart next = first.part;
  next.next = {.document = "x", .is_exclusive = true};
  board.advance(first, next);
  EXPECT_EQ(board.claim()->part, next);
}

TEST_F(SnapshotBoardTest, ACopyIsDoneWhenItsPartsAre) {
  begin({part(0, SnapshotState::copying), part(1, SnapshotState::copying)});
  const SnapshotClaim first = *board.claim();
  const SnapshotClaim second = *board.claim();
  const SnapshotUpdate one = finish_part(first, 3);
  EXPECT_FALSE(one.replaces_all);
  EXPECT_EQ(one.parts.at(0).state, SnapshotState::done);
  EXPECT_FALSE(board.is_idle());
  const SnapshotUpdate all = finish_part(second, 4);
  EXPECT_TRUE(all.replaces_all);
  ASSERT_EQ(all.parts.size(), 1U);
  EXPECT_EQ(all.parts[0].rows_done, 7U);
  EXPECT_EQ(all.parts[0].state, SnapshotState::done);
  EXPECT_TRUE(board.is_idle());
}

// Rows of documents that vanished while nobody looked are found only when all documents are in: a
// page of keys is compared by one lane after the other.
TEST_F(SnapshotBoardTest, ATableWithRowsIsSweptAfterAllPartsAreIn) {
  begin({part(0, SnapshotState::merging), part(1, SnapshotState::merging)});
  const SnapshotClaim first = *board.claim();
  const SnapshotClaim second = *board.claim();
  EXPECT_EQ(finish_part(first, 1).parts.at(0).state, SnapshotState::sweeping);
  EXPECT_FALSE(board.claim().has_value());
  finish_part(second, 1);
  SnapshotClaim sweep = *board.claim();
  EXPECT_EQ(sweep.job, SnapshotClaim::Job::sweep);
  EXPECT_FALSE(board.claim().has_value());
  SnapshotPart next = sweep.part;
  next.next_row = "k";
  board.advance(sweep, next);
  const SnapshotUpdate page = board.emit(sweep, 0, next, {});
  board.close(sweep);
  EXPECT_EQ(page.parts.at(0).next_row, "k");
  sweep = *board.claim();
  EXPECT_EQ(sweep.part.next_row, "k");
  const SnapshotUpdate last = finish_part(sweep, 0);
  EXPECT_EQ(last.parts.at(0).state, SnapshotState::done);
  EXPECT_EQ(last.parts.at(0).rows_done, 2U);
}

// A lane hands its chunk on first and says so afterwards. The chunk may be in a batch by then.
TEST_F(SnapshotBoardTest, ALastChunkMayBeInABatchBeforeItsLaneSaysItIsRead) {
  begin({part(0, SnapshotState::merging)});
  SnapshotClaim claim = *board.claim();
  board.emit(claim, 1, std::nullopt, {});
  board.advance(claim, std::nullopt);
  ASSERT_TRUE(board.claim().has_value()) << "else nobody ever sweeps";

  begin({part(0, SnapshotState::copying), part(1, SnapshotState::copying)});
  claim = *board.claim();
  board.emit(claim, 1, std::nullopt, {});
  board.advance(claim, std::nullopt);
  EXPECT_EQ(board.claim()->part.part, 1);
  EXPECT_FALSE(board.claim().has_value()) << "the first part is not read again";
}

// Its events are not in the stream from here on.
TEST_F(SnapshotBoardTest, AStoredTableThatIsNotFedIsCopiedAgainLater) {
  begin({part(0, SnapshotState::done)});
  const std::vector<SnapshotPart> stored{{.table = "s.other", .state = SnapshotState::done},
                                         {.table = "s.gone", .state = SnapshotState::dropped}};
  board.load(stored);
  const std::vector<SnapshotUpdate> left = board.leave_unfed();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].table, "s.other");
  EXPECT_TRUE(left[0].replaces_all);
  EXPECT_EQ(left[0].parts.at(0).state, SnapshotState::dropped);
  EXPECT_TRUE(board.is_idle());
  EXPECT_TRUE(board.leave_unfed().empty());
}

TEST_F(SnapshotBoardTest, AReplacedTableVoidsItsClaims) {
  begin({part(0, SnapshotState::copying)});
  const SnapshotClaim claim = *board.claim();
  const SnapshotUpdate dropped = make_update(table, SnapshotState::dropped);
  board.replace(table, dropped);
  EXPECT_FALSE(board.is_current(claim));
  board.advance(claim, std::nullopt);
  board.on_applied({&dropped, 1});
  EXPECT_FALSE(board.claim().has_value());
  EXPECT_EQ(board.state_of(table), SnapshotState::dropped);
  EXPECT_TRUE(board.is_idle());
}

// What a lane had read ahead is not in a batch: reading begins behind the last one that is.
TEST_F(SnapshotBoardTest, ARewoundTableIsReadFromWhereItWasEmitted) {
  begin({part(0, SnapshotState::copying)});
  const SnapshotClaim first = *board.claim();
  SnapshotPart next = first.part;
  next.next = {.document = "a", .is_exclusive = true};
  board.advance(first, next);
  board.emit(first, 1, next, {});
  board.close(first);
  const SnapshotClaim second = *board.claim();
  SnapshotPart ahead = next;
  ahead.next = {.document = "b", .is_exclusive = true};
  board.advance(second, ahead);
  board.rewind(table.to);
  EXPECT_FALSE(board.is_current(second));
  EXPECT_EQ(board.claim()->part.next, next.next);
}

TEST_F(SnapshotBoardTest, KeysAreRememberedSinceTheOldestOpenClaim) {
  begin({part(0, SnapshotState::copying), part(1, SnapshotState::copying)});
  EXPECT_TRUE(board.open_claims(5).empty());
  const SnapshotClaim first = *board.claim();
  EXPECT_TRUE(board.open_claims(9).contains(table.to));
  const SnapshotClaim second = *board.claim();
  EXPECT_EQ(board.open_claims(12).at(table.to), 5U);
  board.close(first);
  EXPECT_EQ(board.open_claims(13).at(table.to), 9U);
  board.close(second);
  EXPECT_TRUE(board.open_claims(14).empty());
}

TEST_F(SnapshotBoardTest, AStoredSnapshotGoesOnWhereItWas) {
  SnapshotBoard later;
  SnapshotPart stored = part(0, SnapshotState::copying);
  stored.next = {.document = "m", .is_exclusive = true};
  stored.rows_done = 5;
  later.load({&stored, 1});
  EXPECT_FALSE(later.claim().has_value()) << "the stream has no such table yet";
  later.add_table(&table);
  EXPECT_EQ(later.claim()->part, stored);
}

TEST_F(SnapshotBoardTest, ARequestIsTakenOnce) {
  EXPECT_FALSE(board.request("s.other"));
  EXPECT_TRUE(board.request("s.t"));
  EXPECT_FALSE(board.is_idle());
  EXPECT_EQ(board.take_requests(), std::vector<const TableMapping*>{&table});
  EXPECT_TRUE(board.take_requests().empty());
}

TEST_F(SnapshotBoardTest, ARangeThatMeetsExistingKeysIsNoLongerCopied) {
  begin({part(0, SnapshotState::copying)});
  const SnapshotClaim claim = *board.claim();
  const SnapshotUpdate update{.table = "s.t", .parts = {claim.part}};
  EXPECT_TRUE(board.prefers_copy(claim));
  board.note_copy_refused(update);
  EXPECT_TRUE(board.prefers_copy(claim));
  board.note_copy_refused(update);
  EXPECT_FALSE(board.prefers_copy(claim));
}

}  // namespace
}  // namespace relay
