// kill -9 of the relay and of CrateDB under writers that do not pause. Between the kills: whatever
// the stored position says is done, is done. In the end nothing is lost, nothing resurrected,
// nothing different. RELAY_TEST_SEED repeats a run, RELAY_KILLS sets the number of kills.
#include <iostream>
#include <memory>

#include <gtest/gtest.h>

#include "e2e/crate_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class CrateKillsTest : public CrateRelayTest {
 protected:
  CrateKillsTest() : CrateRelayTest(Use::kills) {
    record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  }

  // Small batches: a kill shall find one in flight. Without a snapshot: what it has not reached yet
  // is not there, whatever the position.
  std::unique_ptr<RelayProcess> start_writing() {
    return start_crate({"--set", "target.batch_rows=100", "--set", "stream.start=" + begin_});
  }

  // The relay has written, and stored how far it is.
  bool wait_for_crate_position_beyond(const std::string& token) {
    return wait_until(kPatience, [&] { return crate_token() > token; });
  }

  void expect_whole_in_the_end(VersionWriters& writers) {
    writers.stop();
    const Ended last = run(crate_command({"--once", "--set", "stream.start=" + begin_}));
    EXPECT_EQ(last.exit_code, 0) << last.log;
    EXPECT_TRUE(is_whole());
    EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter"), "0");
    EXPECT_EQ(look("SELECT count(*) FROM relay.checkpoint"), "1");
  }
};

TEST_F(CrateKillsTest, TheRelayMayDieAtAnyMoment) {
  VersionWriters writers(plan(mongo().uri()));
  const int kills = number_from_environment("RELAY_KILLS", 6);
  for (int kill = 1; kill <= kills; ++kill) {
    const std::string before = crate_token();
    const auto relay = start_writing();
    // Every third kill falls anywhere, also into the start; the others into the work.
    if (kill % 3 != 0) {
      ASSERT_TRUE(wait_for_crate_position_beyond(before)) << relay->log();
    }
    pass_time(std::chrono::milliseconds(500));
    ASSERT_TRUE(relay->is_running()) << relay->log();
    relay->kill();
    expect_nothing_lost("after kill " + std::to_string(kill));
  }
  expect_whole_in_the_end(writers);
  std::cout << "kills=" << kills << " writes=" << writers.write_count() << std::endl;
}

TEST_F(CrateKillsTest, TheServerMayDieAtAnyMoment) {
  VersionWriters writers(plan(mongo().uri()));
  const auto relay = start_writing();
  ASSERT_TRUE(wait_for_crate_position_beyond("")) << relay->log();
  const int kills = number_from_environment("RELAY_KILLS", 6);
  for (int kill = 1; kill <= kills; ++kill) {
    const std::string before = crate_token();
    if (is_real_ || kill % 2 == 0) {
      pass_time(std::chrono::milliseconds(300));
      kill_crate();
    } else {
      // In the middle of a batch.
      double_.set_traps([](CrateTraps& traps) { traps.dies_after_rows = 1; });
      ASSERT_TRUE(wait_until(kPatience, [&] { return double_.is_dead(); })) << relay->log();
    }
    restart_crate();
    crate_.reconnect();
    ASSERT_TRUE(wait_for_crate_position_beyond(before)) << relay->log();
    expect_nothing_lost("after kill " + std::to_string(kill));
  }
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_whole_in_the_end(writers);
  std::cout << "kills=" << kills << " writes=" << writers.write_count() << std::endl;
}

}  // namespace
}  // namespace relay
