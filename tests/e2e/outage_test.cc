// Servers that are not there, or go away in the middle of the work.
#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::steady_clock;

// Beyond connect_timeout, for a start of the program on a loaded machine.
constexpr std::chrono::seconds kSlack{10};

constexpr char kTrouble[] = "trouble, trying again";
constexpr char kOver[] = "trouble is over";

class OutageTest : public RealServersTest {};

TEST_F(OutageTest, ASourceThatIsNotThereYetIsWaitedFor) {
  insert(0, 10);
  stop_source();
  const auto relay =
      start(command({"--set", "stream.start=" + begin_, "--set", "source.connect_timeout=1s"}));
  ASSERT_TRUE(relay->wait_for_log(kTrouble)) << relay->log();
  EXPECT_NE(relay->log().find("side=source kind=source_unavailable"), std::string::npos)
      << relay->log();
  EXPECT_TRUE(relay->is_running());
  start_source();
  insert(10, 20);
  ASSERT_TRUE(wait_for_row("19")) << relay->log();
  EXPECT_TRUE(relay->wait_for_log(kOver)) << relay->log();
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(OutageTest, ATargetThatIsNotThereYetIsWaitedFor) {
  insert(0, 10);
  kill_target();
  const auto relay = start(command({"--set", "stream.start=" + begin_}));
  ASSERT_TRUE(relay->wait_for_log(kTrouble)) << relay->log();
  EXPECT_NE(relay->log().find("side=target kind=sink_unavailable"), std::string::npos)
      << relay->log();
  EXPECT_TRUE(relay->is_running());
  start_target();
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  EXPECT_TRUE(relay->wait_for_log(kOver)) << relay->log();
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(OutageTest, OnceGivesUpOnASourceThatIsNotThere) {
  stop_source();
  const auto start = steady_clock::now();
  Arguments arguments = once_command();
  arguments.insert(arguments.end(), {"--set", "source.connect_timeout=1s"});
  const Ended ended = run(arguments);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(1) + kSlack);
  EXPECT_EQ(ended.exit_code, 3) << ended.log;
  EXPECT_NE(ended.complaint.find("error: connect source=127.0.0.1:"), std::string::npos)
      << ended.log;
  EXPECT_NE(ended.complaint.find("\ntry: check source.uri and that the servers are up"),
            std::string::npos)
      << ended.log;
}

TEST_F(OutageTest, OnceGivesUpOnATargetThatIsNotThere) {
  kill_target();
  const auto start = steady_clock::now();
  Arguments arguments = once_command();
  arguments.insert(arguments.end(), {"--set", "target.connect_timeout=1s"});
  const Ended ended = run(arguments);
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(1) + kSlack);
  EXPECT_EQ(ended.exit_code, 4) << ended.log;
  EXPECT_NE(ended.complaint.find("error: connect to the target: "), std::string::npos) << ended.log;
  EXPECT_NE(ended.complaint.find("\ntry: check target.uri and that the server is up"),
            std::string::npos)
      << ended.log;
}

TEST_F(OutageTest, ASourceThatIsKilledAndComesBackIsReadOn) {
  const auto relay = start_streaming();
  insert(0, 500);
  source_.update("orders", R"({"_id": {"$lt": 100}})", R"({"$set": {"number": 1}})");
  kill_source();
  ASSERT_TRUE(relay->wait_for_log(kTrouble)) << relay->log();
  start_source();
  insert(500, 1'000);
  source_.remove("orders", R"({"_id": {"$lt": 10}})");
  insert(1'000);
  ASSERT_TRUE(wait_for_row("1000")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_NE(relay->log().find(kOver), std::string::npos) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0);
}

TEST_F(OutageTest, ATargetThatIsKilledAndComesBackIsWrittenOn) {
  const auto relay = start_streaming();
  insert(0, 500);
  kill_target();
  insert(500, 1'000);
  source_.update("orders", R"({"_id": {"$lt": 100}})", R"({"$set": {"number": 1}})");
  source_.remove("orders", R"({"_id": {"$lt": 10}})");
  ASSERT_TRUE(relay->wait_for_log(kTrouble)) << relay->log();
  start_target();
  insert(1'000);
  ASSERT_TRUE(wait_for_row("1000")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0);
}

// Connections stay, nothing answers: found out by the statement time-out.
TEST_F(OutageTest, ATargetThatHangsIsTriedAgain) {
  const auto relay = start_streaming({"--set", "target.statement_timeout=1s"});
  insert(0, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  postgres().pause();
  insert(10, 20);
  EXPECT_TRUE(relay->wait_for_log("no answer for")) << relay->log();
  postgres().resume();
  ASSERT_TRUE(wait_for_row("19")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
}

}  // namespace
}  // namespace relay
