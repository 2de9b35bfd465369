// What a target may do to a relay that writes to it: sessions ended, locks and limits in the way,
// no room, no writing, tables changed or gone.
#include <chrono>
#include <csignal>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "fault/fault_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

class TargetEventsTest : public FaultTest {
 protected:
  // Reads, and has written key 0.
  [[nodiscard]] std::unique_ptr<RelayProcess> start_working(const Arguments& more = {}) {
    std::unique_ptr<RelayProcess> relay = start_between(mongo().uri(), target_uri(), more);
    EXPECT_TRUE(comes_through(0, *relay));
    return relay;
  }
  // Settings of the database, which new sessions have; those of the relay end.
  void set_for_new_sessions(const std::string& setting) {
    target_.run("ALTER DATABASE " + database() + " " + setting);
    end_sessions();
  }
  void end_sessions() {
    target_.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'relay' "
        "AND datname = current_database()");
  }
  bool wait_for_waiting_session() {
    return wait_until(kPatience, [this] {
      return target_.cell(
                 "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'relay' AND "
                 "datname = current_database() AND wait_event_type = 'Lock'") == "1";
    });
  }
};

TEST_F(TargetEventsTest, AnImmediateShutdownLosesNothing) {
  const auto relay = start_between(mongo().uri(), target_uri(), {"--set", "target.batch_rows=100"});
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  for (int round = 0; round < 3; ++round) {
    pass_time(300ms);
    ::kill(postgres().pid(), SIGQUIT);
    kill_target();  // What is left of it.
    start_target();
    ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
    expect_promises_kept("after round " + std::to_string(round));
  }
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
}

TEST_F(TargetEventsTest, SessionsThatAreEndedAgainAndAgainLoseNothing) {
  const auto relay = start_between(mongo().uri(), target_uri(), {"--set", "target.batch_rows=100"});
  record_ = std::make_unique<StreamRecord>(mongo().uri(), database(), "orders");
  VersionWriters writers(plan(mongo().uri()));
  for (int round = 0; round < 20; ++round) {
    end_sessions();
    pass_time(100ms);
  }
  ASSERT_TRUE(wait_for_position_beyond(safe_token())) << relay->log();
  expect_promises_kept("after the last one");
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_GE(count_in(relay->log(), kTrouble), 3U) << relay->log();
}

TEST_F(TargetEventsTest, ADeadlockWithSomebodyElseIsTriedAgain) {
  // The server looks for deadlocks when somebody has waited for that long: the relay.
  target_.run("ALTER DATABASE " + database() + " SET deadlock_timeout = '3s'");
  const auto relay = start_working();
  PgSession other(target_uri());
  other.run("SET deadlock_timeout = '10min'; BEGIN; INSERT INTO sales.orders VALUES ('2', '{}')");
  source_.insert_in_transaction("orders", {make_order(1), make_order(2)});
  ASSERT_TRUE(wait_for_waiting_session()) << relay->log();
  auto blocked = std::async(std::launch::async,
                            [&other] { other.run("INSERT INTO sales.orders VALUES ('1', '{}')"); });
  EXPECT_TRUE(relay->wait_for_log("40P01")) << relay->log();
  blocked.get();
  other.run("ROLLBACK");
  EXPECT_TRUE(comes_through(3, *relay));
  EXPECT_TRUE(wait_until_equal());
}

TEST_F(TargetEventsTest, ALockInTheWayIsWaitedForWhateverTheTimeOut) {
  const auto relay = start_working({"--set", "target.statement_timeout=500ms"});
  PgSession other(target_uri());
  other.run("BEGIN; LOCK TABLE sales.orders IN SHARE MODE");
  insert(1);
  EXPECT_TRUE(relay->wait_for_log("57014", 2)) << relay->log();
  other.run("ROLLBACK");
  EXPECT_TRUE(comes_through(2, *relay));
  set_for_new_sessions("SET lock_timeout = '200ms'");
  EXPECT_TRUE(comes_through(3, *relay));
  other.run("BEGIN; LOCK TABLE sales.orders IN SHARE MODE");
  insert(4);
  EXPECT_TRUE(relay->wait_for_log("55P03", 2)) << relay->log();
  other.run("ROLLBACK");
  EXPECT_TRUE(comes_through(5, *relay));
  EXPECT_TRUE(wait_until_equal());
}

TEST_F(TargetEventsTest, SerializationFailuresAreTriedAgain) {
  set_for_new_sessions("SET default_transaction_isolation = 'serializable'");
  const auto relay = start_working();
  // Sequences are not rolled back: each transaction fails but the fourth.
  target_.run(
      "CREATE SEQUENCE failures; CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN IF nextval(''failures'') < 4 THEN RAISE EXCEPTION USING ERRCODE = ''40001''; END IF; "
      "RETURN NEW; END';"
      "CREATE TRIGGER fail BEFORE INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION fail()");
  EXPECT_TRUE(comes_through(1, *relay));
  EXPECT_EQ(count_in(relay->log(), "SQLSTATE 40001"), 3U) << relay->log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
  EXPECT_TRUE(wait_until_equal());
}

TEST_F(TargetEventsTest, AServerThatIsReadOnlyIsWaitedFor) {
  const auto relay = start_working();
  set_for_new_sessions("SET default_transaction_read_only = on");
  insert(1);
  EXPECT_TRUE(relay->wait_for_log("25006", 2)) << relay->log();
  target_.run("SET default_transaction_read_only = off");
  set_for_new_sessions("RESET default_transaction_read_only");
  EXPECT_TRUE(comes_through(2, *relay));
  EXPECT_TRUE(wait_until_equal());
}

TEST_F(TargetEventsTest, ALimitOfConnectionsIsWaitedFor) {
  target_.run("CREATE ROLE limited LOGIN; GRANT CREATE ON DATABASE " + database() + " TO limited");
  const auto relay = start_between(mongo().uri(), target_uri_as("limited"));
  ASSERT_TRUE(comes_through(0, *relay));
  target_.run("ALTER ROLE limited CONNECTION LIMIT 0");
  end_sessions();
  insert(1);
  EXPECT_TRUE(relay->wait_for_log("53300", 2)) << relay->log();
  target_.run("ALTER ROLE limited CONNECTION LIMIT -1");
  EXPECT_TRUE(comes_through(2, *relay));
  EXPECT_TRUE(wait_until_equal());
}

// Waiting would not bring it back. The next start makes it again, and has all documents in it.
TEST_F(TargetEventsTest, ATableThatIsDroppedStopsTheRelayAndIsWholeAfterTheNextStart) {
  insert(0, 10);
  const auto relay = start(command());
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  ASSERT_TRUE(wait_until_copied());
  target_.run("DROP TABLE sales.orders");
  insert(10);
  EXPECT_EQ(relay->wait(), 4) << relay->log();
  EXPECT_NE(relay->complaint().find("\ntry: the table was changed or dropped"), std::string::npos)
      << relay->complaint();
  const Ended next = run(command({"--once"}));
  EXPECT_EQ(next.exit_code, 0) << next.log;
  EXPECT_TRUE(orders_are_equal()) << next.log;
}

TEST_F(TargetEventsTest, ATableThatIsAlteredStopsTheRelayAndTheNextStartSaysWhatDoesNotFit) {
  const auto relay = start_working();
  target_.run("ALTER TABLE sales.orders RENAME COLUMN data TO document");
  insert(1);
  EXPECT_EQ(relay->wait(), 4) << relay->log();
  const Ended refused = run(once_command());
  EXPECT_EQ(refused.exit_code, 4) << refused.log;
  EXPECT_NE(refused.complaint.find("data"), std::string::npos) << refused.complaint;
  target_.run("ALTER TABLE sales.orders RENAME COLUMN document TO data");
  EXPECT_EQ(run(once_command()).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

}  // namespace
}  // namespace relay
