// Two relays on one stream: one works, and nothing is written by the other.
#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLease{3};
// The patience behind the lease, and the start of the program on a loaded machine.
constexpr std::chrono::seconds kSlack{10};

class LeaseTest : public RealServersTest {
 protected:
  Arguments command_with_lease(const std::string& state_file) {
    return command({"--set",
                    "ha.lease=3s",
                    "--set",
                    "state.path=" + state_file,
                    "--set",
                    "stream.start=" + begin_});
  }
  std::unique_ptr<RelayProcess> start_first() {
    auto relay = start(command_with_lease("first.db"));
    EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
    return relay;
  }
};

TEST_F(LeaseTest, ASecondRelayOnTheSameStateFileLeaves) {
  const auto first = start_first();
  const Ended second = run(command_with_lease("first.db"));
  EXPECT_EQ(second.exit_code, 7) << second.log;
  EXPECT_NE(second.complaint.find("in use by process " + std::to_string(first->pid())),
            std::string::npos)
      << second.log;
  EXPECT_NE(second.complaint.find("\ntry: stop the relay with process number"), std::string::npos)
      << second.log;
  insert(1);
  EXPECT_TRUE(wait_for_row("1")) << first->log();
}

TEST_F(LeaseTest, ASecondRelayWithAStateFileOfItsOwnLeavesAfterTheLease) {
  const auto first = start_first();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << first->log();
  const auto before = steady_clock::now();
  const Ended second = run(command_with_lease("second.db"));
  EXPECT_LT(steady_clock::now() - before, kLease + kSlack);
  EXPECT_EQ(second.exit_code, 7) << second.log;
  EXPECT_NE(second.complaint.find("error: claim stream=default: held by the relay owner="),
            std::string::npos)
      << second.log;
  EXPECT_NE(second.complaint.find("\ntry: stop the other relay"), std::string::npos) << second.log;
  EXPECT_TRUE(first->is_running()) << first->log();
  insert(10, 20);
  EXPECT_TRUE(wait_for_row("19")) << first->log();
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(LeaseTest, AfterAKillAnotherRelayTakesOverWhenTheLeaseEnds) {
  const auto first = start_first();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << first->log();
  first->kill();
  insert(10, 20);
  const auto second = start(command_with_lease("second.db"));
  EXPECT_TRUE(second->wait_for_log("waiting for its lease to end")) << second->log();
  ASSERT_TRUE(wait_for_row("19")) << second->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(target_.cell("SELECT epoch FROM relay.checkpoint"), "2");
}

TEST_F(LeaseTest, AfterACleanStopAnotherRelayNeedNotWait) {
  const auto first = start_first();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << first->log();
  first->terminate();
  ASSERT_EQ(first->wait(), 0) << first->log();
  const auto second = start(command_with_lease("second.db"));
  insert(10, 20);
  ASSERT_TRUE(wait_for_row("19")) << second->log();
  EXPECT_EQ(second->log().find("waiting for its lease"), std::string::npos) << second->log();
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(LeaseTest, TheSameRelayGoesOnAtOnceAfterAKill) {
  {
    const auto first = start_first();
    insert(0, 10);
    ASSERT_TRUE(wait_for_row("9")) << first->log();
    first->kill();
  }
  const auto again = start_first();
  EXPECT_EQ(again->log().find("waiting for its lease"), std::string::npos) << again->log();
  insert(10, 20);
  ASSERT_TRUE(wait_for_row("19")) << again->log();
  EXPECT_TRUE(orders_are_equal());
}

// A relay that slept through its lease (a suspended machine) finds the stream taken, and leaves.
TEST_F(LeaseTest, ARelayThatSleptThroughItsLeaseWritesNothingMore) {
  const auto first = start_first();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << first->log();
  first->pause();
  const auto second = start(command_with_lease("second.db"));
  insert(10, 20);
  ASSERT_TRUE(wait_for_row("19")) << second->log();
  source_.remove("orders", R"({"_id": {"$lt": 15}})");
  insert(20);
  ASSERT_TRUE(wait_for_row("20")) << second->log();
  first->resume();
  EXPECT_EQ(first->wait(), 7) << first->log();
  EXPECT_NE(first->complaint().find("another relay has taken the stream over"), std::string::npos)
      << first->log();
  EXPECT_TRUE(orders_are_equal());
  insert(21);
  EXPECT_TRUE(wait_for_row("21")) << second->log();
}

}  // namespace
}  // namespace relay
