// SIGTERM: the first one finishes the work in hand, the second one leaves.
#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

// What a clean stop may take on a loaded machine when nothing has to be waited for.
constexpr std::chrono::seconds kSoon{10};

class SignalTest : public RealServersTest {
 protected:
  // Work for a minute, should nobody stop it: a transaction for each row.
  Arguments slow(const Arguments& more) const {
    Arguments all = command({"--set", "target.batch_rows=1", "--set", "stream.start=" + begin_});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  bool wait_for_some_rows() {
    return wait_until(kPatience, [&] {
      return target_.has_table("sales.orders") && std::stoi(row_count()) > 20;
    });
  }
};

TEST_F(SignalTest, TheFirstOneDrainsAndTheNextRunGoesOn) {
  insert(0, 20'000);
  const auto relay = start(slow({}));
  ASSERT_TRUE(wait_for_some_rows()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_NE(relay->log().find("relay stops"), std::string::npos) << relay->log();
  EXPECT_EQ(target_.cell("SELECT lease_until <= current_timestamp FROM relay.checkpoint"), "t")
      << "the lease is handed back";
  source_.remove("orders", R"({"_id": {"$lt": 5}})");
  const Ended next = run(once_command());
  EXPECT_EQ(next.exit_code, 0) << next.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(SignalTest, OnceStoppedBeforeItsEndSaysSo) {
  insert(0, 20'000);
  const auto relay = start(slow({"--once"}));
  ASSERT_TRUE(wait_for_some_rows()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 128 + SIGTERM) << relay->log();
  EXPECT_LT(std::stoi(row_count()), 20'000);
  const Ended next = run(once_command());
  EXPECT_EQ(next.exit_code, 0) << next.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(SignalTest, ItIsObeyedWhileTheSourceIsQuiet) {
  const auto relay = start_streaming();
  relay->terminate();
  EXPECT_EQ(relay->wait(kSoon), 0) << relay->log();
}

// A server that is away is not waited for: what is not applied will be read again.
TEST_F(SignalTest, ItIsObeyedWhileTheSourceIsAway) {
  kill_source();
  const Arguments arguments = command({"--set", "source.connect_timeout=1s"});
  const auto relay = start(arguments);
  EXPECT_TRUE(relay->wait_for_log("trying again", 2)) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(kSoon), 0) << relay->log();
}

TEST_F(SignalTest, ItIsObeyedWhileTheTargetIsAway) {
  kill_target();
  const auto relay = start(command());
  EXPECT_TRUE(relay->wait_for_log("trying again", 2)) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(kSoon), 0) << relay->log();
}

TEST_F(SignalTest, OnceStoppedWhileAServerIsAwaySaysSo) {
  kill_target();
  Arguments arguments = once_command();
  arguments.insert(arguments.end(), {"--set", "target.connect_timeout=10m"});
  const auto relay = start(arguments);
  EXPECT_TRUE(relay->wait_for_log("trying again", 2)) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(kSoon), 128 + SIGTERM) << relay->log();
}

// One that is silent gets its time-out, no more.
TEST_F(SignalTest, ItIsObeyedWhileTheTargetHangs) {
  const auto relay = start_streaming({"--set", "target.statement_timeout=1s"});
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  postgres().pause();
  insert(10, 20);
  relay->terminate();
  EXPECT_EQ(relay->wait(std::chrono::seconds(6) + kSoon), 0) << relay->log();
  postgres().resume();
  EXPECT_EQ(run(once_command()).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(SignalTest, TheSecondOneLeavesWhateverTheTargetDoes) {
  const auto relay = start_streaming();
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  postgres().pause();
  insert(10, 20);
  relay->terminate();
  EXPECT_TRUE(relay->wait_for_log("stop requested")) << relay->log();
  relay->terminate();
  // Well below the time-outs that the first one would wait for.
  EXPECT_EQ(relay->wait(kSoon), 128 + SIGTERM) << relay->log();
  postgres().resume();
  ASSERT_EQ(run(once_command()).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

}  // namespace
}  // namespace relay
