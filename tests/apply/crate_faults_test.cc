// CrateDB loaded, starting, dying: no row is taken for written that is not.
#include "apply/crate_fixture.h"

namespace relay {
namespace {

class CrateSinkFaultTest : public CrateSinkTest {
 protected:
  CrateSinkFaultTest() { is_stand_in_ = true; }
};

TEST_F(CrateSinkFaultTest, RowsOfALostShardAreFoundMissingAndWritten) {
  const auto sink = make_crate_sink();
  double_.set_traps([](CrateTraps& traps) { traps.rows_lost_once = 2; });
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}, {"b", "{}"}, {"c", "{}"}}))));
  EXPECT_EQ(keys(), "a,b,c");
}

TEST_F(CrateSinkFaultTest, AnErrorHalfwayIsTriedAgainAsAWhole) {
  const auto sink = make_crate_sink();
  double_.set_traps([](CrateTraps& traps) { traps.error_once = "Job killed"; });
  const Batch batch = make_batch({{"a", "{}"}, {"b", "{}"}});
  ASSERT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable");
  EXPECT_EQ(keys(), "a") << "half of it is there";
  ASSERT_TRUE(sink->open().ok());
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a,b");
}

TEST_F(CrateSinkFaultTest, AnErrorThatNobodyKnowsIsNotPassedOver) {
  const auto sink = make_crate_sink();
  double_.set_traps([](CrateTraps& traps) { traps.error_once = "a text of tomorrow"; });
  EXPECT_EQ(name_of(kind_of(sink->apply(make_batch({{"a", "{}"}})))), "sink_unknown");
}

TEST_F(CrateSinkFaultTest, AServerThatDiesInABatchAndComesBackEndsWithAllRows) {
  const auto sink = make_crate_sink();
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}}))));
  double_.set_traps([](CrateTraps& traps) { traps.dies_after_rows = 1; });
  const Batch batch = make_batch({{"b", "{}"}, {"c", "{}"}}, {"a"});
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable");
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_unavailable");
  double_.start();
  double_.set_traps([](CrateTraps& traps) { traps.unknown_count = 2; });
  // 42P01 for tables that exist: neither made anew nor given up.
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_starting");
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_starting");
  ASSERT_TRUE(sink->open().ok());
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "b,c");
}

TEST_F(CrateSinkFaultTest, AServerThatStartsIsNoReasonToGiveUp) {
  double_.set_traps([](CrateTraps& traps) { traps.unknown_count = 1; });
  const std::unique_ptr<Sink> sink = make_target_sink(crate_options());
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_starting");
  EXPECT_TRUE(sink->open().ok());
}

// It has let us in before: the password is right, and the server does not know it yet.
TEST_F(CrateSinkFaultTest, AServerThatStartsRefusesItsUsersAndIsWaitedFor) {
  const auto sink = make_crate_sink();
  double_.set_traps([](CrateTraps& traps) { traps.refused_login_count = 2; });
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_starting");
  EXPECT_EQ(name_of(kind_of(sink->read_keys(crate_table_, std::nullopt, 1))), "sink_starting");
  EXPECT_TRUE(sink->open().ok());
}

// Whoever has just typed it is told at once.
TEST_F(CrateSinkFaultTest, AWrongPasswordAtTheStartIsARefusal) {
  double_.set_traps([](CrateTraps& traps) { traps.refused_login_count = 1; });
  EXPECT_EQ(name_of(kind_of(make_target_sink(crate_options())->open())), "sink_refused");
}

}  // namespace
}  // namespace relay
