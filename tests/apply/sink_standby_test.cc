// A sink that asks again and again for a lease that another relay has.
#include <atomic>
#include <string>
#include <thread>

#include "apply/sink_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::milliseconds;

class SinkStandbyTest : public SinkTest {
 protected:
  [[nodiscard]] PostgresSink::Options options_with(milliseconds lease) const {
    PostgresSink::Options turns = options();
    turns.takes_turns = true;
    turns.lease = lease;
    return turns;
  }
  [[nodiscard]] std::unique_ptr<Sink> make_standby(milliseconds lease) const {
    PostgresSink::Options other = options_with(lease);
    other.owner = kOtherOwner;
    return PostgresSink::make(other);
  }
  // As the stream's leader in the middle of a batch: holds the lock on its row, the lease is over.
  void begin_batch(Session& leader) {
    leader.run("SELECT pg_advisory_lock_shared(1919249505, hashtext('main'))");
    leader.run("BEGIN");
    leader.run(
        "UPDATE relay.checkpoint SET lease_until = clock_timestamp() + interval '1 hour' WHERE "
        "stream = 'main'");
  }
  std::string session_count() {
    return look_.cell(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name = 'relay'");
  }
};

TEST_F(SinkStandbyTest, AsksOverOneConnectionAndTakesOverWhenTheLeaseIsGivenBack) {
  const std::unique_ptr<Sink> leader = make_ready_sink(options_with(milliseconds(60'000)));
  ASSERT_TRUE(is_ok(leader->apply(batch_({{"a", "{}"}}))));
  const std::unique_ptr<Sink> standby = make_standby(milliseconds(60'000));
  ASSERT_EQ(kind_of(standby->open()), ErrorKind::lease_held);
  const std::string pids =
      "SELECT string_agg(pid::text, ' ' ORDER BY pid) FROM pg_stat_activity WHERE datname = "
      "current_database() AND application_name = 'relay'";
  const std::string before = look_.cell(pids);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(kind_of(standby->open()), ErrorKind::lease_held);
  EXPECT_EQ(look_.cell(pids), before);
  EXPECT_TRUE(is_ok(leader->apply(batch_({{"b", "{}"}})))) << "nobody is in its way";
  leader->release();
  const auto taken = standby->open();
  ASSERT_TRUE(taken.ok()) << taken.error().message;
  EXPECT_EQ(taken.value()->position.token, token());
  EXPECT_TRUE(is_ok(standby->prepare(table_)));
  EXPECT_TRUE(is_ok(standby->apply(batch_({{"c", "{}"}}))));
  EXPECT_EQ(keys(), "a,b,c");
}

TEST_F(SinkStandbyTest, AServerThatCameBackIsConnectedToAgain) {
  const std::unique_ptr<Sink> leader = make_ready_sink(options_with(milliseconds(60'000)));
  const std::unique_ptr<Sink> standby = make_standby(milliseconds(60'000));
  ASSERT_EQ(kind_of(standby->open()), ErrorKind::lease_held);
  look_.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND pid <> pg_backend_pid()");
  EXPECT_EQ(kind_of(standby->open()), ErrorKind::sink_unavailable);
  EXPECT_EQ(kind_of(standby->open()), ErrorKind::lease_held);
}

// Its lock would last for as long as it sleeps.
TEST_F(SinkStandbyTest, ALeaderThatSleepsInATransactionIsShutOut) {
  ASSERT_TRUE(PostgresSink::make(options())->open().ok());
  look_.run("UPDATE relay.checkpoint SET lease_until = clock_timestamp()");
  Session asleep(uri());
  const std::string pid = asleep.cell("SELECT pg_backend_pid()");
  begin_batch(asleep);
  const std::unique_ptr<Sink> standby = make_standby(milliseconds(500));
  ASSERT_TRUE(wait_until(kPatience, [&] { return standby->open().ok(); }));
  EXPECT_EQ(look_.cell("SELECT owner FROM relay.checkpoint"), kOtherOwner);
  // Asked of the server: libpqxx leaks a result when it talks on a connection that was ended.
  EXPECT_EQ(look_.cell("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid), "0")
      << "nothing of it may arrive any more";
}

// A batch that takes the server longer than the lease: the lock says that its relay lives.
TEST_F(SinkStandbyTest, ALeaderThatWaitsForTheServerIsLeftAlone) {
  ASSERT_TRUE(PostgresSink::make(options())->open().ok());
  look_.run("UPDATE relay.checkpoint SET lease_until = clock_timestamp()");
  Session leader(uri());
  begin_batch(leader);
  std::atomic<bool> is_done = false;
  std::string problem;
  std::jthread working([&] {
    try {
      leader.run("SELECT pg_sleep(3)");
      leader.run("COMMIT");
    } catch (const std::exception& error) {
      problem = error.what();
    }
    is_done = true;
  });
  const std::unique_ptr<Sink> standby = make_standby(milliseconds(200));
  while (!is_done) {
    const auto opened = standby->open();
    ASSERT_FALSE(opened.ok()) << "two leaders";
    EXPECT_EQ(opened.error().kind, ErrorKind::lease_held) << opened.error().message;
  }
  working.join();
  EXPECT_EQ(problem, "");
  EXPECT_EQ(kind_of(standby->open()), ErrorKind::lease_held) << "its batch has renewed the lease";
}

// Streams have leaders of their own.
TEST_F(SinkStandbyTest, ALeaderOfAnotherStreamIsLeftAlone) {
  PostgresSink::Options other = options();
  other.stream = "side";
  ASSERT_TRUE(PostgresSink::make(other)->open().ok());
  Session asleep(uri());
  asleep.run("SELECT pg_advisory_lock_shared(1919249505, hashtext('side'))");
  asleep.run("BEGIN");
  asleep.run("UPDATE relay.checkpoint SET lease_until = clock_timestamp() WHERE stream = 'side'");
  Session blocking(uri());
  ASSERT_TRUE(PostgresSink::make(options())->open().ok());
  look_.run("UPDATE relay.checkpoint SET lease_until = clock_timestamp() WHERE stream = 'main'");
  begin_batch(blocking);
  const std::unique_ptr<Sink> standby = make_standby(milliseconds(300));
  ASSERT_TRUE(wait_until(kPatience, [&] { return standby->open().ok(); }));
  EXPECT_NO_THROW(asleep.run("COMMIT"));
}

}  // namespace
}  // namespace relay
