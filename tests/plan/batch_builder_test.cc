#include "plan/batch_builder.h"

#include <array>

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr std::array<std::uint8_t, 3> kSessionA = {1, 2, 3};
constexpr std::array<std::uint8_t, 3> kSessionB = {1, 2, 4};

// Each write is of an event of its own.
PlannedWrite write(std::size_t bytes = 1, RawDocument session = {}, std::int64_t number = 0) {
  static std::uint64_t ordinal = 0;
  PlannedWrite made;
  made.event_ordinal = ++ordinal;
  made.weight_bytes = bytes;
  made.transaction_session = session;
  made.transaction_number = number;
  return made;
}

TEST(BatchBuilderTest, EverythingThatFitsIsOneBatch) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  EXPECT_EQ(builder.cut(Tail::complete), 0U);
  for (int i = 0; i < 2; ++i)
    builder.add(write());
  EXPECT_FALSE(builder.is_full());
  EXPECT_EQ(builder.cut(Tail::complete), 2U);
  builder.take(2);
  EXPECT_TRUE(builder.is_empty());
}

TEST(BatchBuilderTest, RowsAboveTheLimitWaitForTheNextBatch) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  for (int i = 0; i < 4; ++i)
    builder.add(write());
  EXPECT_TRUE(builder.is_full());
  EXPECT_EQ(builder.cut(Tail::complete), 3U);
  builder.take(3);
  EXPECT_EQ(builder.cut(Tail::complete), 1U);
}

TEST(BatchBuilderTest, BytesAboveTheLimitWaitButTheFirstRowAlwaysFits) {
  BatchBuilder builder({.rows_max = 10, .bytes_max = 100});
  builder.add(write(500));
  builder.add(write(60));
  builder.add(write(40));
  builder.add(write(1));
  EXPECT_TRUE(builder.is_full());
  EXPECT_EQ(builder.cut(Tail::complete), 1U);
  builder.take(1);
  EXPECT_EQ(builder.cut(Tail::complete), 2U) << "exactly the limit still fits";
  builder.take(2);
  EXPECT_FALSE(builder.is_full());
}

PlannedWrite barrier(std::uint64_t ordinal) {
  PlannedWrite made;
  made.kind = WriteKind::barrier;
  made.barrier = Barrier::emptied;
  made.event_ordinal = ordinal;
  return made;
}

// What was written before a collection was dropped, the drop, and what was written afterwards must
// not meet in one batch: a batch has no order within.
TEST(BatchBuilderTest, ABarrierIsABatchOfItsOwn) {
  BatchBuilder builder({.rows_max = 10, .bytes_max = 100});
  builder.add(write());
  builder.add(write());
  EXPECT_FALSE(builder.is_worth_a_batch());
  builder.add(barrier(1'000'000));
  builder.add(barrier(1'000'000));
  PlannedWrite after = write();
  after.event_ordinal = 1'000'001;
  builder.add(after);
  EXPECT_TRUE(builder.is_worth_a_batch()) << "nothing can be added to the batch before a barrier";
  EXPECT_EQ(builder.cut(Tail::may_continue), 2U);
  builder.take(2);
  EXPECT_EQ(builder.cut(Tail::complete), 2U) << "both tables of one event";
  EXPECT_EQ(builder.cut_below(1), 2U);
  builder.take(2);
  EXPECT_EQ(builder.cut(Tail::complete), 1U);
  EXPECT_FALSE(builder.is_worth_a_batch());
}

TEST(BatchBuilderTest, ATransactionIsNotTornApart) {
  BatchBuilder builder({.rows_max = 4, .bytes_max = 100});
  builder.add(write());
  builder.add(write());
  for (int i = 0; i < 3; ++i)
    builder.add(write(1, kSessionA, 7));
  EXPECT_EQ(builder.cut(Tail::complete), 2U);
  builder.take(2);
  EXPECT_EQ(builder.cut(Tail::complete), 3U);
}

TEST(BatchBuilderTest, ATransactionThatEndsAtTheLimitStays) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  for (int i = 0; i < 3; ++i)
    builder.add(write(1, kSessionA, 7));
  builder.add(write(1, kSessionA, 8));
  EXPECT_EQ(builder.cut(Tail::complete), 3U) << "the next number is another transaction";
  builder.take(3);
  builder.add(write(1, kSessionB, 8));
  EXPECT_EQ(builder.cut(Tail::complete), 2U);
}

TEST(BatchBuilderTest, ATransactionLargerThanTheLimitsIsCut) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  for (int i = 0; i < 5; ++i)
    builder.add(write(1, kSessionA, 7));
  EXPECT_EQ(builder.cut(Tail::complete), 3U);
}

TEST(BatchBuilderTest, ATransactionThatMayContinueWaitsForItsEnd) {
  BatchBuilder builder({.rows_max = 4, .bytes_max = 100});
  builder.add(write(1, kSessionA, 7));
  EXPECT_EQ(builder.cut(Tail::may_continue), 0U);
  EXPECT_EQ(builder.cut(Tail::complete), 1U);
  builder.add(write(1, kSessionA, 8));
  EXPECT_EQ(builder.cut(Tail::may_continue), 1U) << "only the last transaction is open";
  builder.add(write());
  EXPECT_EQ(builder.cut(Tail::may_continue), 3U);
}

TEST(BatchBuilderTest, ATransactionThatMayContinueIsCutAtTheLimit) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  for (int i = 0; i < 3; ++i)
    builder.add(write(1, kSessionA, 7));
  EXPECT_EQ(builder.cut(Tail::may_continue), 3U);
}

// One collection may feed two tables; the position lies between events.
TEST(BatchBuilderTest, TheWritesOfOneEventStayTogether) {
  BatchBuilder builder({.rows_max = 3, .bytes_max = 100});
  for (std::uint64_t event = 1; event <= 2; ++event) {
    for (int table = 0; table < 2; ++table) {
      PlannedWrite next = write();
      next.event_ordinal = event;
      builder.add(std::move(next));
    }
  }
  EXPECT_EQ(builder.cut(Tail::complete), 2U);
  EXPECT_EQ(builder.cut_below(1), 2U) << "one event with more rows than wished goes as a whole";
}

TEST(BatchBuilderTest, ABatchThatProvedTooLargeIsCutBelow) {
  BatchBuilder builder({.rows_max = 100, .bytes_max = 100});
  for (int i = 0; i < 8; ++i)
    builder.add(write());
  EXPECT_EQ(builder.cut_below(4), 4U);
  EXPECT_EQ(builder.cut_below(0), 1U);
  EXPECT_EQ(builder.cut_below(50), 8U);
}

}  // namespace
}  // namespace relay
