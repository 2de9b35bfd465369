// A source that no longer holds the position: it is never skipped silently. Either the relay stops
// and says so, or it takes a new position first and then makes the tables equal again.
#include <gtest/gtest.h>

#include "e2e/small_oplog.h"

namespace relay {
namespace {

TEST_F(OplogRolledOverTest, StopLeavesEverythingAsItIsAndSaysWhatToType) {
  const Arguments stop{"--set", "stream.on_position_lost=stop"};
  writer_.insert("orders", R"({"_id": 1, "n": 1})");
  const Ended first = run_once(stop);
  ASSERT_EQ(first.exit_code, 0) << first.log;
  const std::string token = stored_token();
  constexpr char kProgress[] = "SELECT * FROM relay.snapshot ORDER BY stream, tbl, part";
  const std::vector<Cells> snapshot = target_.rows(kProgress);
  writer_.update("orders", R"({"_id": 1})", R"({"$set": {"n": 2}})");
  ASSERT_TRUE(outrun());

  const Ended lost = run_once(stop);
  EXPECT_EQ(lost.exit_code, 3) << lost.log;
  EXPECT_TRUE(lost.complaint.starts_with("error: ")) << lost.log;
  EXPECT_NE(lost.complaint.find("\ntry: stream.on_position_lost = \"repair\""), std::string::npos)
      << lost.log;
  EXPECT_EQ(stored_token(), token);
  EXPECT_EQ(target_.rows(kProgress), snapshot);
  EXPECT_EQ(
      target_.cell("SELECT " + target_.json("data", {"n"}) + " FROM sales.orders WHERE oid = '1'"),
      "1");

  forget_relay();
  const Ended too_early = run_once({"--set",
                                    "stream.on_position_lost=stop",
                                    "--set",
                                    "state.path=another.db",
                                    "--set",
                                    "stream.start=" + begin_});
  EXPECT_EQ(too_early.exit_code, 3) << "a start time before the history\n" << too_early.log;
  EXPECT_EQ(row_count(), "1");
}

TEST_F(OplogRolledOverTest, RepairMakesTheTableEqualAndGoesOnFromANewPosition) {
  for (int key = 0; key < 20; ++key)
    writer_.insert("orders", R"({"_id": )" + std::to_string(key) + R"(, "n": 1})");
  const Ended first = run_once();
  ASSERT_EQ(first.exit_code, 0) << first.log;
  const std::string token = stored_token();
  writer_.update("orders", R"({"_id": {"$lt": 5}})", R"({"$set": {"n": 2}})");
  writer_.remove("orders", R"({"_id": {"$gte": 15}})");
  writer_.insert("orders", R"({"_id": 100})");
  ASSERT_TRUE(outrun());

  const Ended repaired = run_once();
  EXPECT_EQ(repaired.exit_code, 0) << repaired.log;
  EXPECT_NE(repaired.log.find("position lost, every table"), std::string::npos) << repaired.log;
  EXPECT_TRUE(is_equal(writer_, "orders", target_, "sales.orders")) << repaired.log;
  EXPECT_GT(stored_token(), token);

  writer_.remove("orders", R"({"_id": 100})");
  const Ended next = run_once();
  EXPECT_EQ(next.exit_code, 0) << next.log;
  EXPECT_EQ(next.log.find("position lost"), std::string::npos) << next.log;
  EXPECT_TRUE(is_equal(writer_, "orders", target_, "sales.orders"));
}

// Its drop was not seen. Under the policy keep the rows stay, until a collection of that name
// exists again.
TEST_F(OplogRolledOverTest, RowsOfACollectionThatVanishedUnseenGoWhenItComesBack) {
  for (const std::string table : {"orders=sales.orders", "*=sales.{collection}"}) {
    const Arguments state{"--set", "state.path=" + std::to_string(table.size()) + ".db"};
    writer_.insert("orders", R"({"_id": 1})");
    writer_.insert("orders", R"({"_id": 2})");
    const Ended first = run_once_with(table, state);
    ASSERT_EQ(first.exit_code, 0) << first.log;
    writer_.run(R"({"drop": "orders"})");
    ASSERT_TRUE(outrun());
    const Ended repaired = run_once_with(table, state);
    EXPECT_EQ(repaired.exit_code, 0) << repaired.log;
    EXPECT_EQ(row_count(), "2") << table << "\n" << repaired.log;
    writer_.insert("orders", R"({"_id": 3})");
    const Ended back = run_once_with(table, state);
    EXPECT_EQ(back.exit_code, 0) << back.log;
    EXPECT_TRUE(is_equal(writer_, "orders", target_, "sales.orders")) << table << "\n" << back.log;
    writer_.run(R"({"drop": "orders"})");
    forget_relay();
    target_.drop_tables("sales");
  }
}

// The server's word for it, while the relay runs.
class PositionLostTest : public RealServersTest {
 protected:
  // Of the stream: snapshots read with getMore, too, but from the collection.
  void lose_position() {
    source_.run_on("admin",
                   R"({"configureFailPoint": "failCommand", "mode": {"times": 1},
      "data": {"failCommands": ["getMore"], "namespace": ")" +
                       database() + R"(.$cmd.aggregate", "errorCode": 286}})");
  }
};

TEST_F(PositionLostTest, RepairAddsWhatIsMissingAndRemovesWhatVanished) {
  insert(0, 500);
  const auto relay = start_streaming();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  // As if those events had been missed.
  target_.run("DELETE FROM sales.orders WHERE oid LIKE '_'");
  target_.fill_mirror("sales.orders", {"7000", "7001"});
  target_.run("UPDATE sales.orders SET data = '{}' WHERE oid LIKE '2_'");
  lose_position();
  EXPECT_TRUE(relay->wait_for_log("position lost, every table")) << relay->log();
  insert(500, 510);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_EQ(row_count(), "510");
}

// Again and again, also in the middle of the repair.
TEST_F(PositionLostTest, APositionLostDuringItsRepairIsRepairedToo) {
  insert(0, 3'000);
  const auto relay = start_streaming({"--set", "snapshot.chunk_rows=50"});
  for (std::size_t count = 1; count <= 4; ++count) {
    lose_position();
    ASSERT_TRUE(relay->wait_for_log("position lost, every table", count)) << relay->log();
    source_.remove("orders", R"({"_id": )" + std::to_string(count) + "}");
  }
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(PositionLostTest, StopEndsARunningRelay) {
  insert(0, 10);
  const auto relay = start_streaming({"--set", "stream.on_position_lost=stop"});
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  target_.fill_mirror("sales.orders", {"7000"});
  lose_position();
  EXPECT_EQ(relay->wait(), 3) << relay->log();
  EXPECT_NE(relay->complaint().find("\ntry: stream.on_position_lost = \"repair\""),
            std::string::npos)
      << relay->log();
  EXPECT_EQ(row_count(), "11") << "nothing is touched";
}

}  // namespace
}  // namespace relay
