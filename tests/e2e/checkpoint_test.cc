// relay checkpoint: positions of a stopped relay, moved and forgotten on both sides.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

class CheckpointTest : public RealServersTest {
 protected:
  [[nodiscard]] Ended checkpoint(const Arguments& words, const std::string& state = "relay.db") {
    Arguments all{"--set", "state.path=" + state, "checkpoint"};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), {"--target", target_uri()});
    return run(all);
  }
  // Begins with a snapshot, as users do.
  [[nodiscard]] Ended catch_up() { return run(command({"--once"})); }
  std::string stored(const std::string& column) {
    return target_.cell("SELECT " + column + " FROM relay.checkpoint");
  }
};

TEST_F(CheckpointTest, ShowsBothSides) {
  EXPECT_EQ(checkpoint({"show"}).exit_code, 0) << "nothing has run yet";
  insert(0, 10);
  ASSERT_EQ(catch_up().exit_code, 0);
  const Ended text = checkpoint({"show"});
  EXPECT_EQ(text.exit_code, 0) << text.log;
  EXPECT_NE(text.log.find("default  state file  2"), std::string::npos) << text.log;
  EXPECT_NE(text.log.find("free   1 of 1"), std::string::npos) << text.log;
  const Bson json(checkpoint({"show", "--json"}).log);
  bson_iter_t at;
  ASSERT_TRUE(json.find("streams.0.target.position", at));
  EXPECT_EQ(bson_iter_utf8(&at, nullptr), stored_token());
  ASSERT_TRUE(json.find("streams.0.state_file.position", at));
  EXPECT_EQ(bson_iter_utf8(&at, nullptr), stored_token());
  EXPECT_EQ(json.number("streams.0.target.tables_copied"), 1);
}

TEST_F(CheckpointTest, SetToATimeBringsEverythingSinceThenAgain) {
  insert(0, 10);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  target_.run("DELETE FROM sales.orders WHERE oid::int < 5");
  const Ended asked = checkpoint({"set", begin_});
  EXPECT_EQ(asked.exit_code, 2) << asked.log;
  EXPECT_NE(asked.complaint.find("\ntry: the same with --yes"), std::string::npos) << asked.log;
  ASSERT_EQ(run(once_command()).exit_code, 0);
  EXPECT_EQ(row_count(), "5") << "nothing was changed";

  const Ended set = checkpoint({"set", begin_, "--yes"});
  EXPECT_EQ(set.exit_code, 0) << set.log;
  EXPECT_EQ(stored("token"), "");
  const Ended again = run(once_command());
  EXPECT_EQ(again.exit_code, 0) << again.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(CheckpointTest, SetToAPositionGoesOnBehindIt) {
  insert(0, 10);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  const std::string token = stored_token();
  insert(10, 20);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  target_.run("DELETE FROM sales.orders");
  const Ended set = checkpoint({"set", token, "--yes"});
  EXPECT_EQ(set.exit_code, 0) << set.log;
  EXPECT_EQ(stored_token(), token);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  EXPECT_EQ(target_.cell("SELECT min(oid::int) || '-' || max(oid::int) FROM sales.orders"),
            "10-19");
  const Bson json(checkpoint({"show", "--json"}).log);
  EXPECT_GT(json.number("streams.0.state_file.cluster_time"), 0);
}

TEST_F(CheckpointTest, ResetBeginsAnewAndRemovesWhatVanished) {
  insert(0, 10);
  ASSERT_EQ(catch_up().exit_code, 0);
  const std::string epoch = stored("epoch");
  target_.run(
      "DELETE FROM sales.orders WHERE oid = '3'; INSERT INTO sales.orders VALUES ('99', '{}')");
  ASSERT_EQ(catch_up().exit_code, 0);
  EXPECT_EQ(row_count(), "10") << "nobody mends what others did";
  const Ended reset = checkpoint({"reset", "--yes"});
  EXPECT_EQ(reset.exit_code, 0) << reset.log;
  EXPECT_EQ(stored("token"), "");
  EXPECT_EQ(stored("cluster_time"), "");
  EXPECT_GT(std::stoi(stored("epoch")), std::stoi(epoch)) << "who slept stays shut out";
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.snapshot"), "0");
  const Ended again = catch_up();
  EXPECT_EQ(again.exit_code, 0) << again.log;
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(CheckpointTest, ARunningRelayIsLeftAlone) {
  insert(0, 10);
  const auto relay = start_streaming();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  for (const std::string verb : {"set", "reset"}) {
    Arguments words{verb, "--yes"};
    if (verb == "set") words.push_back(begin_);
    const Ended by_file = checkpoint(words);
    EXPECT_EQ(by_file.exit_code, 7) << by_file.log;
    EXPECT_NE(by_file.complaint.find("in use by process"), std::string::npos) << by_file.log;
    const Ended by_lease = checkpoint(words, "another.db");
    EXPECT_EQ(by_lease.exit_code, 7) << by_lease.log;
    EXPECT_NE(by_lease.complaint.find("held by the relay owner="), std::string::npos)
        << by_lease.log;
  }
  EXPECT_EQ(checkpoint({"show"}).exit_code, 0);
  insert(10, 20);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

// Its lease has not ended, but its state file is ours.
TEST_F(CheckpointTest, AfterAKillNobodyHasToWait) {
  insert(0, 10);
  const auto relay = start_streaming({"--set", "ha.lease=60s"});
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  relay->kill();
  EXPECT_EQ(checkpoint({"reset", "--yes"}, "another.db").exit_code, 7);
  EXPECT_EQ(checkpoint({"reset", "--yes"}).exit_code, 0);
  EXPECT_EQ(catch_up().exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(CheckpointTest, SeveralStreamsAreToldApart) {
  const std::filesystem::path file = directory_.path() / "relay.toml";
  write_file(file,
             "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" + target_uri() +
                 "\"\n[[table]]\nfrom = \"" + database() +
                 ".orders\"\nto = \"sales.orders\"\nstream = \"a\"\n[[table]]\nfrom = \"" +
                 database() + ".users\"\nto = \"sales.users\"\nstream = \"b\"\n");
  insert(0, 3);
  ASSERT_EQ(run({"--config", file, "cdc-relay", "--once"}).exit_code, 0);
  const Ended unnamed = run({"--config", file, "checkpoint", "reset", "--yes"});
  EXPECT_EQ(unnamed.exit_code, 2) << unnamed.log;
  EXPECT_NE(unnamed.complaint.find("one of: a, b"), std::string::npos) << unnamed.complaint;
  const Ended named = run({"--config", file, "checkpoint", "reset", "--yes", "--stream", "b"});
  EXPECT_EQ(named.exit_code, 0) << named.log;
  EXPECT_EQ(
      target_.cell("SELECT string_agg(stream, ' ') FROM relay.checkpoint WHERE token IS NULL"),
      "b");
  EXPECT_EQ(target_.cell("SELECT string_agg(stream, ' ') FROM relay.snapshot"), "a");
  const Ended unknown = run({"--config", file, "checkpoint", "set", begin_, "--stream", "c"});
  EXPECT_EQ(unknown.exit_code, 2) << unknown.log;
}

}  // namespace
}  // namespace relay
