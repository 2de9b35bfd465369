// kill -9 of either server under writers that do not pause, while one relay lives through it.
#include <iostream>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class ServerKillsTest : public KillTest {};

constexpr int kKills = 5;
constexpr std::uint64_t kWritesBetween = 200;

TEST_F(ServerKillsTest, PostgresqlMayDieAtAnyMoment) {
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  const auto relay = start_relay();
  for (int kill = 1; kill <= kKills; ++kill) {
    ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
    pass_time(std::chrono::milliseconds(700));
    kill_target();
    pass_time(std::chrono::milliseconds(300));
    start_target();
    expect_promises_kept("after kill " + std::to_string(kill));
    ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
    expect_promises_kept("after kill " + std::to_string(kill) + ", going on");
  }
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_equal_at_the_end(writers);
  std::cout << "kills=" << kKills << " writes=" << writers.write_count() << std::endl;
}

// Journaled writers: what they know to be written survives, and the rest may or may not have been.
TEST_F(ServerKillsTest, MongodMayDieAtAnyMoment) {
  VersionWriters writers(
      plan(mongo().uri() + "&w=majority&journal=true&serverSelectionTimeoutMS=2000"));
  const auto relay = start_relay();
  for (int kill = 1; kill <= kKills; ++kill) {
    // Else a kill would fall on a source that nobody has written to again.
    const std::uint64_t written = writers.write_count() + kWritesBetween;
    ASSERT_TRUE(wait_until(kPatience, [&] { return writers.write_count() >= written; }));
    ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
    pass_time(std::chrono::milliseconds(700));
    kill_source();
    pass_time(std::chrono::milliseconds(300));
    start_source();
  }
  ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
  EXPECT_GT(writers.failure_count(), 0U) << "no kill fell into a write";
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_equal_at_the_end(writers);
  std::cout << "kills=" << kKills << " writes=" << writers.write_count()
            << " failed=" << writers.failure_count() << std::endl;
}

}  // namespace
}  // namespace relay
