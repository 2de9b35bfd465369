// Two relays on one target: one leads, the other waits for its lease and takes over.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// What a loaded machine may add to a time that is promised.
constexpr seconds kSlack{8};

class HighAvailabilityTest : public KillTest {
 protected:
  HighAvailabilityTest() : listen_("127.0.0.1:" + std::to_string(pick_free_port())) {}

  Arguments ha_command(const std::string& state, seconds lease, const Arguments& more = {}) const {
    Arguments all = command({"--set",
                             "ha.enabled=true",
                             "--set",
                             "ha.lease=" + std::to_string(lease.count()) + "s",
                             "--set",
                             "state.path=" + state,
                             "--set",
                             "target.batch_rows=100"});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::unique_ptr<RelayProcess> start_leader(seconds lease, const Arguments& more = {}) {
    auto leader = start(ha_command("first.db", lease, more));
    EXPECT_TRUE(leader->wait_for_log("stream opened")) << leader->log();
    return leader;
  }
  std::unique_ptr<RelayProcess> start_standby(seconds lease, const Arguments& more = {}) {
    Arguments all{"--set", "http.listen=" + listen_};
    all.insert(all.end(), more.begin(), more.end());
    auto standby = start(ha_command("second.db", lease, all));
    EXPECT_TRUE(standby->wait_for_log("another relay leads the stream, standing by"))
        << standby->log();
    return standby;
  }
  std::string owner() { return target_.cell("SELECT owner FROM relay.checkpoint"); }
  // How long after `since` somebody else than `old` owns the stream.
  milliseconds wait_for_other_owner(const std::string& old, steady_clock::time_point since) {
    EXPECT_TRUE(wait_until(kPatience, [&] { return owner() != old; }));
    const auto passed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - since);
    std::cout << "another leader after " << passed.count() << " ms" << std::endl;
    return passed;
  }
  // Of the relay that start_standby() has started.
  Ended ask(const Arguments& words) {
    Arguments all{"--set", "http.listen=" + listen_};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  }
  std::string state_of_standby() {
    const Bson status(ask({"status", "--json"}).log);
    bson_iter_t at;
    return status.find("state", at) ? bson_iter_utf8(&at, nullptr) : "";
  }

  std::string listen_;
};

TEST_F(HighAvailabilityTest, AKilledLeaderIsFollowedWithinTheLease) {
  constexpr seconds kLease{2};
  auto leader = start_leader(kLease);
  const auto standby = start_standby(kLease);
  EXPECT_EQ(state_of_standby(), "standby");
  VersionWriters writers(plan(mongo().uri()));
  ASSERT_TRUE(wait_for_position_beyond(safe_token()));
  pass_time(milliseconds(500));
  const std::string old = owner();
  const auto killed_at = steady_clock::now();
  leader->kill();
  EXPECT_LE(wait_for_other_owner(old, killed_at), kLease + seconds(1) + kSlack) << standby->log();
  ASSERT_TRUE(wait_for_position_beyond(safe_token())) << standby->log();
  // The old one comes back, and waits in its turn.
  leader = start(ha_command("first.db", kLease));
  EXPECT_TRUE(leader->wait_for_log("standing by")) << leader->log();
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << standby->log();
  EXPECT_EQ(state_of_standby(), "streaming");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

TEST_F(HighAvailabilityTest, ASuspendedLeaderWritesNothingMoreAndBecomesAStandby) {
  constexpr seconds kLease{1};
  const auto leader = start_leader(kLease);
  const auto standby = start_standby(kLease);
  VersionWriters writers(plan(mongo().uri()));
  ASSERT_TRUE(wait_for_position_beyond(safe_token()));
  const std::string old = owner();
  leader->pause();
  const auto paused_at = steady_clock::now();
  EXPECT_LE(wait_for_other_owner(old, paused_at), 2 * kLease + seconds(1) + kSlack);
  ASSERT_TRUE(wait_for_position_beyond(safe_token())) << standby->log();
  // What it would write now would be older than what is there.
  leader->resume();
  EXPECT_TRUE(leader->wait_for_log("lease lost, this relay becomes a standby")) << leader->log();
  EXPECT_TRUE(leader->wait_for_log("another relay leads the stream, standing by")) << leader->log();
  EXPECT_NE(owner(), old);
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << standby->log();
  // And back again.
  standby->terminate();
  EXPECT_EQ(standby->wait(), 0) << standby->log();
  EXPECT_TRUE(leader->wait_for_log("lease taken, this relay leads the stream")) << leader->log();
  insert(1'000'000, 1'000'010);
  EXPECT_TRUE(wait_until_equal()) << leader->log();
  leader->terminate();
  EXPECT_EQ(leader->wait(), 0) << leader->log();
}

// The lease would last for a minute.
TEST_F(HighAvailabilityTest, ACleanStopHandsOverAtOnce) {
  constexpr seconds kLease{60};
  insert(0, 100);
  const auto leader = start_leader(kLease);
  ASSERT_TRUE(wait_until_copied()) << leader->log();
  const auto standby = start_standby(kLease);
  const std::string old = owner();
  leader->terminate();
  EXPECT_EQ(leader->wait(), 0) << leader->log();
  EXPECT_LE(wait_for_other_owner(old, steady_clock::now()), seconds(1) + kSlack) << standby->log();
  insert(100, 200);
  EXPECT_TRUE(wait_until_equal()) << standby->log();
  standby->terminate();
  EXPECT_EQ(standby->wait(), 0) << standby->log();
}

TEST_F(HighAvailabilityTest, AStandbyIsHealthyNotReadyAndLeavesWhenAsked) {
  constexpr seconds kLease{5};
  insert(0, 10);
  const auto leader = start_leader(kLease);
  ASSERT_TRUE(wait_until_copied()) << leader->log();
  const auto standby = start_standby(kLease);
  const Ended refused = ask({"snapshot", "sales.orders"});
  EXPECT_EQ(refused.exit_code, 6) << refused.log;
  EXPECT_NE(refused.complaint.find("this relay is a standby"), std::string::npos)
      << refused.complaint;
  const Bson status(ask({"status", "--json"}).log);
  bson_iter_t at;
  ASSERT_TRUE(status.find("trouble", at));
  EXPECT_TRUE(BSON_ITER_HOLDS_NULL(&at)) << "nothing is wrong";
  standby->terminate();
  EXPECT_EQ(standby->wait(), 0) << standby->log();
  EXPECT_TRUE(leader->is_running());
}

TEST_F(HighAvailabilityTest, ASnapshotGoesOnWithTheNextLeader) {
  constexpr seconds kLease{1};
  insert(0, 4'000);
  auto leader = start_leader(kLease, {"--set", "snapshot.chunk_rows=100"});
  const auto standby = start_standby(kLease, {"--set", "snapshot.chunk_rows=100"});
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return !target_.cell("SELECT to_regclass('sales.orders')").empty() &&
           std::stoi(row_count()) >= 500;
  })) << leader->log();
  leader->kill();
  EXPECT_TRUE(wait_until_equal()) << standby->log();
  EXPECT_TRUE(wait_until_copied()) << standby->log();
  EXPECT_EQ(standby->log().find("snapshot begins"), std::string::npos)
      << "it was begun by the other one\n"
      << standby->log();
}

// The second relay knows of one stream only, and has it before the first one comes.
TEST_F(HighAvailabilityTest, StreamsAreLedByWhoeverHasClaimedThem) {
  constexpr seconds kLease{2};
  const std::string orders =
      "[[table]]\nfrom = \"" + database() + ".orders\"\nto = \"sales.orders\"\nstream = \"a\"\n";
  const std::string users =
      "[[table]]\nfrom = \"" + database() + ".users\"\nto = \"sales.users\"\nstream = \"b\"\n";
  const std::string common = "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" +
                             target_uri() + "\"\n[ha]\nenabled = true\nlease = \"2s\"\n";
  write_file(directory_.path() / "one.toml", common + users);
  write_file(directory_.path() / "both.toml", common + orders + users);
  const auto one = start(
      {"--config", "one.toml", "cdc-relay", "--set", "state.path=one.db", "--set", "http.listen="});
  ASSERT_TRUE(one->wait_for_log("stream opened")) << one->log();
  const auto both = start({"--config",
                           "both.toml",
                           "cdc-relay",
                           "--set",
                           "state.path=both.db",
                           "--set",
                           "http.listen=" + listen_});
  ASSERT_TRUE(both->wait_for_log("stream opened")) << both->log();
  EXPECT_TRUE(both->wait_for_log("another relay leads the stream, standing by")) << both->log();
  EXPECT_EQ(target_.cell("SELECT count(DISTINCT owner) FROM relay.checkpoint"), "2");
  EXPECT_TRUE(wait_until(kPatience, [&] { return state_of_standby() == "streaming"; }))
      << "it leads one of its streams";
  insert(0, 20);
  source_.insert("users", R"({"_id": 1})");
  EXPECT_TRUE(wait_until_equal()) << both->log();
  EXPECT_TRUE(wait_until(kPatience, [&] {
    return !target_.cell("SELECT to_regclass('sales.users')").empty() &&
           target_.cell("SELECT count(*) FROM sales.users") == "1";
  })) << one->log();
  one->kill();
  EXPECT_TRUE(both->wait_for_log("lease taken, this relay leads the stream stream=b"))
      << both->log();
  source_.insert("users", R"({"_id": 2})");
  EXPECT_TRUE(wait_until(kPatience, [&] {
    return target_.cell("SELECT count(*) FROM sales.users") == "2";
  })) << both->log();
  EXPECT_EQ(target_.cell("SELECT count(DISTINCT owner) FROM relay.checkpoint"), "1");
}

// It would never know when it is done.
TEST_F(HighAvailabilityTest, AOneTimeRunDoesNotStandBy) {
  const auto leader = start_leader(seconds(1));
  const Ended once = run(ha_command("second.db", seconds(1), {"--once"}));
  EXPECT_EQ(once.exit_code, 7) << once.log;
}

}  // namespace
}  // namespace relay
