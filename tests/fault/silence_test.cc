// Servers and networks that say nothing: noticed, said, and no reason to stop late.
#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "fault/fault_fixture.h"
#include "support/faulty_link.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

// On top of a documented bound, for a loaded machine.
constexpr std::chrono::seconds kSlack{20};

class SilenceTest : public FaultTest {
 protected:
  SilenceTest() : source_link_(mongo().port()), target_link_(postgres().port()) {}

  void TearDown() override {
    mongo().resume();
    FaultTest::TearDown();
  }
  [[nodiscard]] std::unique_ptr<RelayProcess> start_linked(const Arguments& more = {}) const {
    return start_between(
        direct_source_uri(source_link_.port()),
        "postgresql://postgres@127.0.0.1:" + std::to_string(target_link_.port()) + "/" + database(),
        more);
  }

  FaultyLink source_link_;
  FaultyLink target_link_;
};

TEST_F(SilenceTest, ABlackHoleOnBothSidesIsNoticedSaidAndSurvived) {
  const auto relay = start_linked({"--set", "target.statement_timeout=1s"});
  ASSERT_TRUE(comes_through(0, *relay));
  source_link_.set({.is_silent = true});
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(relay->wait_for_log("side=source kind=source_unavailable")) << relay->log();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 45s + kSlack);
  EXPECT_NE(relay->log().find("no answer for "), std::string::npos) << relay->log();
  const std::string said = status();
  EXPECT_NE(said.find(R"("state": "waiting")"), std::string::npos) << said;
  EXPECT_NE(said.find(R"("trouble": "read the change stream)"), std::string::npos) << said;
  target_link_.set({.is_silent = true});
  EXPECT_TRUE(relay->wait_for_log("side=target")) << relay->log();
  source_link_.set({});
  target_link_.set({});
  EXPECT_TRUE(comes_through(1, *relay));
  EXPECT_TRUE(wait_until_equal());
}

// The other end has forgotten the connections: one that was cut off without a word, or a middle box
// that was restarted.
TEST_F(SilenceTest, ConnectionsThatAreHalfOpenAreNoticed) {
  const auto relay = start_linked({"--set", "target.statement_timeout=1s"});
  ASSERT_TRUE(comes_through(0, *relay));
  source_.update("orders", R"({"_id": 0})", R"({"$set": {"number": 1}})");
  EXPECT_TRUE(wait_until_equal());
  source_link_.forget_all();
  target_link_.forget_all();
  EXPECT_TRUE(comes_through(1, *relay));
  source_.update("orders", R"({"_id": 0})", R"({"$set": {"number": 2}})");
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_GE(count_in(relay->log(), "no answer for "), 2U) << relay->log();
}

// With the defaults: what a user waits for who stops a relay whose servers hang.
TEST_F(SilenceTest, AStopIsObeyedWhileBothServersHang) {
  const auto relay = start_between(mongo().uri(), target_uri());
  ASSERT_TRUE(comes_through(0, *relay));
  source_.update("orders", R"({"_id": 0})", R"({"$set": {"number": 1}})");
  EXPECT_TRUE(wait_until_equal());
  postgres().pause();
  insert(1, 10);
  source_.update("orders", R"({"_id": 0})", R"({"$set": {"number": 2}})");
  mongo().pause();
  const auto began = std::chrono::steady_clock::now();
  relay->terminate();
  EXPECT_EQ(relay->wait(25s + kSlack), 0) << relay->log();
  RecordProperty("stopped_ms", static_cast<int>((std::chrono::steady_clock::now() - began) / 1ms));
  mongo().resume();
  postgres().resume();
  EXPECT_EQ(run(once_command()).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

}  // namespace
}  // namespace relay
