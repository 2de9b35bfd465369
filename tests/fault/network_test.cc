// Networks as they are: far away, narrow, torn again and again. Everything only takes time.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "fault/fault_fixture.h"
#include "support/faulty_link.h"
#include "support/tcp_proxy.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

class NetworkTest : public FaultTest {
 protected:
  NetworkTest() : source_link_(mongo().port()), target_link_(postgres().port()) {}

  [[nodiscard]] std::string target_uri_by(std::uint16_t port) const {
    return "postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/" + database();
  }
  [[nodiscard]] std::unique_ptr<RelayProcess> start_linked(const Arguments& more = {}) const {
    return start_between(
        direct_source_uri(source_link_.port()), target_uri_by(target_link_.port()), more);
  }
  void set_both(FaultyLink::Weather weather) {
    source_link_.set(weather);
    target_link_.set(weather);
  }

  FaultyLink source_link_;
  FaultyLink target_link_;
};

TEST_F(NetworkTest, AFarAndUnevenWayIsGone) {
  set_both({.delay = 75ms, .jitter = 50ms});
  const auto relay = start_linked();
  VersionWriters writers(plan(mongo().uri()));
  ASSERT_TRUE(wait_until(kPatience, [&] { return writers.write_count() > 1'000; }));
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_EQ(count_in(relay->log(), kTrouble), 0U) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

TEST_F(NetworkTest, ANarrowWayIsGone) {
  set_both({.bytes_per_second = 64 * 1'024});
  insert(0, 300);
  const auto relay = start_linked();
  source_.update("orders", R"({"_id": {"$lt": 50}})", R"({"$set": {"number": 1}})");
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_EQ(count_in(relay->log(), kTrouble), 0U) << relay->log();
}

TEST_F(NetworkTest, AWayThatFlapsLosesNothing) {
  const auto relay = start_linked({"--set", "target.batch_rows=100"});
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  for (int round = 0; round < 12; ++round) {
    const std::string before = safe_token();
    for (FaultyLink* link : {&source_link_, &target_link_}) {
      if (round % 3 != 0 && link != (round % 3 == 1 ? &source_link_ : &target_link_)) continue;
      link->set({.is_refusing = true});
      link->reset_all();
    }
    pass_time(200ms);
    set_both({});
    ASSERT_TRUE(wait_for_position_beyond(before)) << relay->log();
    expect_promises_kept("after round " + std::to_string(round));
  }
  EXPECT_EQ(writers.failure_count(), 0U);
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_GE(count_in(relay->log(), kTrouble), 8U) << relay->log();
  expect_promises_kept("at the end");
}

// COMMIT has been sent, and done, and its answer never comes.
TEST_F(NetworkTest, ACommitWithoutAnAnswerCountsOnce) {
  TcpProxy proxy(postgres().port());
  const auto relay = start_between(mongo().uri(), target_uri_by(proxy.port()));
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  proxy.arrange(TcpProxy::Plan::cut_answer, "relay_commit", "COMMIT");
  insert(10, 20);
  EXPECT_TRUE(relay->wait_for_log("batch in doubt was committed")) << relay->log();
  EXPECT_TRUE(comes_through(20, *relay));
  EXPECT_TRUE(wait_until_equal());
}

}  // namespace
}  // namespace relay
