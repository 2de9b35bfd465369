// Goal: what a comparison says while the source changes, the relay brings changes, and a copy is
// under way.
#include "verify/table_check.h"

#include <set>

#include "verify/check_fixture.h"

namespace relay {
namespace {

using Step = CheckProgress::Step;

class TableCheckTest : public CheckTest {};

TEST_F(TableCheckTest, EveryDifferenceIsFoundHoweverLittleMemoryThereIs) {
  std::set<std::string> expected;
  std::string rows;
  for (int key = 1; key <= 600; ++key) {
    put(key);
    const int seq = *oplog_.document("orders", key);
    const std::string number = std::to_string(key % 6 == 0 ? seq + 1 : seq);
    const std::string id = std::to_string(key);
    if (key % 6 < 2) expected.insert(id);
    if (key % 6 == 1) continue;
    rows += (rows.empty() ? "('" : ", ('") + id + "', '{\"_id\": " + id + ", \"seq\": " + number +
            (has_extra_field(seq) ? ", \"extra\": " + number : "") + "}')";
  }
  look_.run("INSERT INTO sales.orders VALUES " + rows + ", ('x', '{}'), ('y', '{}')");
  expected.insert({"x", "y"});
  hold(false);
  memory_bytes_ = 100 * kRowOverhead;
  const TableOutcome outcome = check();
  EXPECT_EQ(differences_, expected);
  EXPECT_EQ(outcome.missing, 100U);
  EXPECT_EQ(outcome.differs, 100U);
  EXPECT_EQ(outcome.extra, 2U);
  EXPECT_EQ(outcome.documents, 600U);
  EXPECT_EQ(outcome.rows, 502U);
  EXPECT_GT(source_.documents_read, 3U * 600) << "groups are read one after the other";
  EXPECT_EQ(outcome.relay, RelayWait::Outcome::nobody);
}

// A large difference is looked at in portions. Whoever stands still at the first of them is not
// waited for at each of the others.
TEST_F(TableCheckTest, ARelayThatStandsStillIsWaitedForInVainOnce) {
  for (int key = 1; key <= 600; ++key)
    put(key);
  memory_bytes_ = 50 * kRowOverhead;
  move_position(-1);
  std::size_t portions = 0;
  on_differences_ = [&](TableSides&, const std::vector<const Dispute*>&) {
    ++portions;
    return ok_status();
  };
  int waits = 0;
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step != Step::relay) return;
    ++waits;
  });
  EXPECT_EQ(outcome.missing, 600U);
  EXPECT_EQ(outcome.relay, RelayWait::Outcome::stuck);
  ASSERT_GE(portions, 5U);
  // One look a portion, and those of the first while it was waited for: one each 50 ms.
  EXPECT_LE(waits, static_cast<int>(portions) + 12);
  // It moves on, and is followed again.
  for (int key = 1; key <= 600; ++key)
    bring(key);
  move_position(1);
  EXPECT_EQ(check().relay, RelayWait::Outcome::passed);
}

TEST_F(TableCheckTest, WhetherARelayWasThereIsSaidWithoutADifferenceToo) {
  put(1);
  bring(1);
  move_position(1);
  EXPECT_EQ(check().relay, RelayWait::Outcome::passed);
  hold(false);
  EXPECT_EQ(check().relay, RelayWait::Outcome::nobody);
}

TEST_F(TableCheckTest, WhatTheRelayBringsWhileItIsWaitedForIsNoDifference) {
  for (int key = 1; key <= 3; ++key) {
    put(key);
    bring(key);
  }
  move_position(0);
  oplog_.write("orders", 1, OperationType::update);
  remove(2);
  put(4);
  int waits = 0;
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step != Step::relay || waits++ == 0) return;
    for (int key = 1; key <= 4; ++key)
      bring(key);
    move_position(0);
  });
  EXPECT_GT(waits, 1) << "the relay was behind";
  EXPECT_EQ(differences_, std::set<std::string>{});
  EXPECT_EQ(outcome.relay, RelayWait::Outcome::passed);
}

// All events of a transaction have one time. The relay may have stored it with half of them.
TEST_F(TableCheckTest, APositionInTheMiddleOfATransactionProvesNothing) {
  put(1);
  move_position(0);
  int waits = 0;
  std::uint64_t last = 0;
  check([&](const CheckProgress& progress) {
    if (progress.step != Step::relay) return;
    last = progress.disputes;
    // The second look waits for more; only then the rest of the transaction arrives.
    if (++waits < 4) return;
    bring(1);
    move_position(1);
  });
  EXPECT_EQ(last, 1U);
  EXPECT_GE(waits, 4);
  EXPECT_EQ(differences_, std::set<std::string>{});
}

TEST_F(TableCheckTest, ADifferenceStandsWhenTheRelayHasPassedIt) {
  put(1);
  bring(1, 1);
  move_position(1);
  const TableOutcome outcome = check();
  EXPECT_EQ(differences_, std::set<std::string>{"1"});
  EXPECT_EQ(outcome.differs, 1U);
  EXPECT_EQ(outcome.relay, RelayWait::Outcome::passed);
}

TEST_F(TableCheckTest, ADocumentThatChangesInEveryLookIsUnsettled) {
  put(1);
  bring(1, 1'000);
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step != Step::look) return;
    oplog_.write("orders", 1, OperationType::update);
    move_position(1);
  });
  EXPECT_EQ(differences_, std::set<std::string>{});
  EXPECT_EQ(outcome.unsettled, 1U);
}

TEST_F(TableCheckTest, ARelayThatStandsStillIsWaitedForUntilPatienceEnds) {
  put(1);
  const TableOutcome outcome = check();
  EXPECT_EQ(differences_, std::set<std::string>{"1"});
  EXPECT_EQ(outcome.relay, RelayWait::Outcome::stuck);
}

TEST_F(TableCheckTest, ACopyUnderWayIsWaitedFor) {
  put(1);
  set_copy("copying");
  int waits = 0;
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step != Step::copy || ++waits < 2) return;
    bring(1);
    set_copy("done");
  });
  EXPECT_GE(waits, 2);
  EXPECT_EQ(outcome.uncompared, "");
  EXPECT_EQ(outcome.rows, 1U);
  EXPECT_EQ(differences_, std::set<std::string>{});
}

TEST_F(TableCheckTest, ACopyThatNobodyFinishesIsNotCompared) {
  put(1);
  set_copy("merging");
  EXPECT_NE(check().uncompared.find("it stands still"), std::string::npos);
  hold(false);
  const TableOutcome outcome = check();
  EXPECT_NE(outcome.uncompared.find("no relay is running"), std::string::npos);
  EXPECT_FALSE(outcome.is_uncompared_fine);
}

TEST_F(TableCheckTest, DifferencesOfATableThatIsCopiedAgainMeanNothing) {
  put(1);
  move_position(1);
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step == Step::look) set_copy("waiting");
  });
  EXPECT_EQ(differences_, std::set<std::string>{});
  EXPECT_EQ(outcome.uncompared, "it is being copied again: look later");
}

TEST_F(TableCheckTest, ACollectionThatIsDroppedMeanwhileKeepsItsRows) {
  put(1);
  bring(1, 1);
  move_position(1);
  const TableOutcome outcome = check([&](const CheckProgress& progress) {
    if (progress.step != Step::scan || !oplog_.exists("orders")) return;
    oplog_.drop("orders");
    move_position(1);
  });
  EXPECT_EQ(differences_, std::set<std::string>{});
  EXPECT_TRUE(outcome.is_uncompared_fine) << outcome.uncompared;
}

TEST_F(TableCheckTest, AnErrorInTheMiddleEndsTheComparison) {
  put(1);
  source_.while_reading = [this] { source_.fault_every = 1; };
  const Result<TableOutcome> outcome = try_check([](const CheckProgress&) {});
  EXPECT_EQ(kind_of(outcome), ErrorKind::source_unavailable);
}

TEST_F(TableCheckTest, ATableThatIsNotThereIsAnErrorUnlessNothingBelongsIntoIt) {
  look_.run("DROP TABLE sales.orders");
  const TableOutcome nothing = check();
  EXPECT_TRUE(nothing.is_uncompared_fine) << nothing.uncompared;
  put(1);
  const Result<TableOutcome> outcome = try_check([](const CheckProgress&) {});
  EXPECT_EQ(kind_of(outcome), ErrorKind::sink_refused);
}

}  // namespace
}  // namespace relay
