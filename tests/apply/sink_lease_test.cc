// Who may write a stream: two sinks on one row of relay.checkpoint.
#include <atomic>
#include <thread>

#include "apply/sink_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::milliseconds;

class SinkLeaseTest : public SinkTest {
 protected:
  [[nodiscard]] PostgresSink::Options other_options() const {
    PostgresSink::Options other = options();
    other.owner = kOtherOwner;
    return other;
  }
  std::string epoch() {
    return look_.cell("SELECT epoch FROM relay.checkpoint WHERE stream = 'main'");
  }
};

TEST_F(SinkLeaseTest, ASecondRelayIsToldWhoHoldsTheStream) {
  const std::unique_ptr<Sink> first = make_ready_sink();
  const std::unique_ptr<Sink> second = PostgresSink::make(other_options());
  const auto opened = second->open();
  ASSERT_EQ(kind_of(opened), ErrorKind::lease_held);
  EXPECT_NE(opened.error().message.find(kOwner), std::string::npos) << opened.error().message;
  EXPECT_NE(opened.error().message.find(" 60 s"), std::string::npos) << opened.error().message;
  EXPECT_TRUE(is_ok(first->apply(batch_({{"a", "{}"}})))) << "the first one goes on";
}

TEST_F(SinkLeaseTest, StreamsHaveLeasesOfTheirOwn) {
  const std::unique_ptr<Sink> first = make_ready_sink();
  PostgresSink::Options other = other_options();
  other.stream = "side";
  EXPECT_TRUE(PostgresSink::make(other)->open().ok());
}

TEST_F(SinkLeaseTest, AfterItsEndAnotherTakesOverAndTheFirstCannotWrite) {
  PostgresSink::Options short_lease = options();
  short_lease.lease = milliseconds(50);
  const std::unique_ptr<Sink> first = make_ready_sink(short_lease);
  ASSERT_TRUE(is_ok(first->apply(batch_({{"a", "{}"}}))));
  const std::string stored = token();

  const std::unique_ptr<Sink> second = PostgresSink::make(other_options());
  std::optional<Checkpoint> handed_over;
  ASSERT_TRUE(wait_until(kPatience, [&] {
    const auto opened = second->open();
    if (opened.ok()) handed_over = opened.value();
    return opened.ok();
  }));
  ASSERT_TRUE(handed_over.has_value());
  EXPECT_EQ(handed_over->position.token, stored) << "the position comes with the lease";
  EXPECT_EQ(epoch(), "2");

  EXPECT_EQ(kind_of(first->apply(batch_({{"late", "{}"}}, {"a"}))), ErrorKind::lease_lost);
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(token(), stored);
  EXPECT_EQ(kind_of(first->renew()), ErrorKind::lease_lost);
  EXPECT_EQ(kind_of(first->open()), ErrorKind::lease_lost);
  first->release();
  EXPECT_EQ(look_.cell("SELECT owner FROM relay.checkpoint WHERE lease_until > now()"), kOtherOwner)
      << "a lease that is not ours is not given back";
}

TEST_F(SinkLeaseTest, ARestartedRelayGoesOnAtOnce) {
  const std::unique_ptr<Sink> killed = make_ready_sink();
  ASSERT_TRUE(is_ok(killed->apply(batch_({{"a", "{}"}}))));
  const std::unique_ptr<Sink> restarted = make_sink();
  const auto opened = restarted->open();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(opened.value()->position.token, token());
  EXPECT_EQ(kind_of(killed->apply(batch_({{"late", "{}"}}))), ErrorKind::lease_lost);
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkLeaseTest, ACleanStopHandsOverAtOnce) {
  const std::unique_ptr<Sink> first = make_ready_sink();
  first->release();
  EXPECT_TRUE(PostgresSink::make(other_options())->open().ok());
}

TEST_F(SinkLeaseTest, RenewingAndWritingExtendTheLease) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const auto expire = [this] {
    look_.run("UPDATE relay.checkpoint SET lease_until = now() - interval '1 hour'");
  };
  const auto is_held = [this] {
    return look_.cell("SELECT lease_until > now() + interval '50 s' FROM relay.checkpoint");
  };
  expire();
  ASSERT_TRUE(is_ok(sink->renew()));
  EXPECT_EQ(is_held(), "t");
  expire();
  ASSERT_TRUE(is_ok(sink->apply(batch_({}))));
  EXPECT_EQ(is_held(), "t");
  expire();
  ASSERT_TRUE(sink->open().ok());
  EXPECT_EQ(is_held(), "t");
}

TEST_F(SinkLeaseTest, ARowThatIsGoneStopsTheWriter) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("DELETE FROM relay.checkpoint");
  EXPECT_EQ(kind_of(sink->apply(batch_({{"a", "{}"}}))), ErrorKind::lease_lost);
  EXPECT_EQ(keys(), "");
}

TEST_F(SinkLeaseTest, ARowWithoutAnOwnerIsFree) {
  ASSERT_TRUE(PostgresSink::make(options())->open().ok());
  look_.run("UPDATE relay.checkpoint SET owner = NULL, lease_until = NULL");
  EXPECT_TRUE(PostgresSink::make(other_options())->open().ok());
}

// Everything is missing, and everybody wants to make it.
TEST_F(SinkLeaseTest, RelaysThatStartTogetherDoNotTrip) {
  constexpr int kRelays = 8;
  std::atomic<int> ready_count = 0;
  std::vector<std::string> problems(kRelays);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kRelays; ++i) {
      threads.emplace_back([&, i] {
        PostgresSink::Options mine = options();
        mine.stream = "stream" + std::to_string(i);
        const std::unique_ptr<Sink> sink = PostgresSink::make(mine);
        const auto opened = sink->open();
        if (!opened.ok()) problems[static_cast<std::size_t>(i)] = opened.error().message;
        ++ready_count;
        ready_count.notify_all();
        for (int seen = ready_count; seen < kRelays; seen = ready_count)
          ready_count.wait(seen);
        const Status prepared = sink->prepare(table_);
        if (!prepared.ok()) problems[static_cast<std::size_t>(i)] += prepared.error().message;
      });
    }
  }
  for (const std::string& problem : problems)
    EXPECT_EQ(problem, "");
  EXPECT_EQ(look_.cell("SELECT count(*) FROM relay.checkpoint"), "8");
}

}  // namespace
}  // namespace relay
