// kill -9 of the relay, again and again, under writers that do not pause.
//
// After each kill and before the restart: every event up to the stored position is in the table, no
// deleted row is back, none is older. In the end: nothing lost, nothing resurrected, nothing
// different, nothing twice. RELAY_TEST_SEED repeats a run, RELAY_KILLS sets the number of kills.
#include <iostream>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"

namespace relay {
namespace {

class RelayKillsTest : public KillTest {};

TEST_F(RelayKillsTest, NothingIsLostNorBackNorTwice) {
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  const int kills = number_from_environment("RELAY_KILLS", 30);
  for (int kill = 1; kill <= kills; ++kill) {
    const std::string before = safe_token();
    const auto relay = start_relay();
    // Every third kill falls anywhere, also into the start; the others into the work.
    if (kill % 3 != 0) {
      ASSERT_TRUE(wait_for_position_beyond(before)) << relay->log();
    }
    pass_time(std::chrono::milliseconds(700));
    ASSERT_TRUE(relay->is_running()) << relay->log();
    relay->kill();
    expect_promises_kept("after kill " + std::to_string(kill));
  }
  EXPECT_EQ(writers.failure_count(), 0U);
  expect_equal_at_the_end(writers);
  expect_promises_kept("at the end");
  std::cout << "kills=" << kills << " writes=" << writers.write_count() << std::endl;
}

}  // namespace
}  // namespace relay
