// kill -9 of the relay and of CrateDB under writers that do not pause. In the end nothing is lost,
// nothing resurrected, nothing different. RELAY_TEST_SEED repeats a run.
#include <iostream>

#include <gtest/gtest.h>

#include "e2e/crate_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class CrateKillsTest : public CrateRelayTest {
 protected:
  static constexpr std::uint64_t kWritesBetween = 150;

  // So that a kill finds something in flight.
  void wait_for_writes(const VersionWriters& writers) {
    const std::uint64_t wanted = writers.write_count() + kWritesBetween;
    ASSERT_TRUE(wait_until(kPatience, [&] { return writers.write_count() >= wanted; }));
  }

  void expect_whole_in_the_end(VersionWriters& writers) {
    writers.stop();
    const Ended last = run(crate_command({"--once"}));
    EXPECT_EQ(last.exit_code, 0) << last.log;
    EXPECT_TRUE(is_whole());
    EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter", "relay.dead_letter"), "0");
    EXPECT_EQ(look("SELECT count(*) FROM relay.checkpoint", "relay.checkpoint"), "1");
  }
};

class CrateStandInKillsTest : public CrateKillsTest {};

const Arguments kSmallBatches = {"--set", "target.batch_rows=100"};

TEST_F(CrateKillsTest, TheRelayMayDieAtAnyMoment) {
  VersionWriters writers(plan(mongo().uri()));
  const int kills = number_from_environment("RELAY_KILLS", 6);
  for (int kill = 1; kill <= kills; ++kill) {
    const auto relay = start_crate(kSmallBatches);
    if (kill % 3 != 0) {
      ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
      wait_for_writes(writers);
    }
    pass_time(std::chrono::milliseconds(500));
    ASSERT_TRUE(relay->is_running()) << relay->log();
    relay->kill();
  }
  expect_whole_in_the_end(writers);
  std::cout << "kills=" << kills << " writes=" << writers.write_count() << std::endl;
}

// Of the stand-in: whoever has a real server may kill it by hand.
TEST_F(CrateStandInKillsTest, TheServerMayDieAtAnyMoment) {
  VersionWriters writers(plan(mongo().uri()));
  const auto relay = start_crate(kSmallBatches);
  const int kills = number_from_environment("RELAY_KILLS", 6);
  for (int kill = 1; kill <= kills; ++kill) {
    wait_for_writes(writers);
    if (kill % 2 == 0) {
      pass_time(std::chrono::milliseconds(300));
      double_.kill();
    } else {
      // In the middle of a batch.
      double_.set_traps([](CrateTraps& traps) { traps.dies_after_rows = 1; });
      ASSERT_TRUE(wait_until(kPatience, [&] { return double_.is_dead(); })) << relay->log();
    }
    double_.start();
  }
  crate_.reconnect();
  wait_for_writes(writers);
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_whole_in_the_end(writers);
  std::cout << "kills=" << kills << " writes=" << writers.write_count() << std::endl;
}

}  // namespace
}  // namespace relay
