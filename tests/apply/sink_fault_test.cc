// Connections that break at a chosen place, servers that die, stop or fall silent: nothing is
// written by half, and after reconnecting the stored position tells the truth and goes on telling
// it.
#include <future>

#include "apply/sink_fixture.h"
#include "support/tcp_proxy.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using std::chrono::milliseconds;

// Names on the wire: docs of the protocol call them statement names and command tags.
constexpr char kCommitSent[] = "relay_commit";
constexpr char kCommitted[] = "COMMIT";

class SinkFaultTest : public SinkTest {
 protected:
  [[nodiscard]] PostgresSink::Options options_by(const TcpProxy& proxy) const {
    PostgresSink::Options by_proxy = options();
    by_proxy.uri = Secret(uri_at(proxy.port()));
    return by_proxy;
  }

  // What open() says of the position: its token; "none"; or the error.
  static std::string stored_by(Sink& sink) {
    const auto opened = sink.open();
    if (!opened.ok()) return opened.error().message;
    return opened.value() ? opened.value()->position.token : "none";
  }

  // The process that serves the sink.
  std::string backend() {
    return look_.cell(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'relay' AND datname = "
        "current_database()");
  }
};

TEST_F(SinkFaultTest, ABackendTerminatedInTheMiddleLeavesNeitherRowsNorPosition) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  const std::string before = token();
  Session blocker(uri());
  blocker.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'b' FOR UPDATE");
  const Batch batch = batch_({{"a", "{}"}, {"b", "{}"}, {"c", "{}"}});
  std::future<Status> applied = std::async(std::launch::async, [&] { return sink->apply(batch); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "1"; }));
  look_.run("SELECT pg_terminate_backend(" + backend() + ")");
  EXPECT_EQ(name_of(kind_of(applied.get())), "sink_unavailable")
      << "the server never came to COMMIT, and said so";
  EXPECT_EQ(keys(), "b");
  EXPECT_EQ(token(), before);
  blocker.run("ROLLBACK");

  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable") << "until it is opened again";
  EXPECT_EQ(stored_by(*sink), before);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a,b,c");
}

TEST_F(SinkFaultTest, CutAfterTheCommitWasDoneTheTruthIsThatItWas) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  const Batch batch = batch_({{"a", "{}"}});
  proxy.arrange(TcpProxy::Plan::cut_answer, kCommitSent, kCommitted);
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_in_doubt");
  EXPECT_EQ(stored_by(*sink), batch.end.position.token);
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkFaultTest, CutBeforeTheServerGotTheCommitTheTruthIsThatItDidNot) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  const Batch batch = batch_({{"a", "{}"}});
  proxy.arrange(TcpProxy::Plan::cut_request, kCommitSent);
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_in_doubt") << "the sink cannot know";
  EXPECT_EQ(stored_by(*sink), "none");
  EXPECT_EQ(keys(), "");
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkFaultTest, CutWhileTheRowsAreOnTheirWayNothingIsInDoubt) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  // More than sockets and buffers hold, so that COMMIT cannot have left when the cut is noticed.
  const std::string big(24U << 20U, 'x');
  const Batch batch =
      batch_({{"a", "{\"t\": \"" + big + "\"}"}, {"b", "{\"t\": \"" + big + "\"}"}});
  proxy.arrange(TcpProxy::Plan::cut_request, "xxxxxxxx");
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable");
  EXPECT_EQ(stored_by(*sink), "none");
}

// The server is still working on the batch when the relay is back: the answer has to wait for it.
TEST_F(SinkFaultTest, TheTruthIsNotToldBeforeTheServerIsThroughWithTheLastBatch) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  Session blocker(uri());
  blocker.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'b' FOR UPDATE");
  const Batch batch = batch_({{"a", "{}"}, {"b", "{\"n\": 2}"}});
  proxy.arrange(TcpProxy::Plan::orphan, kCommitSent);
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_in_doubt");
  ASSERT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "1"; }));

  std::future<std::string> stored =
      std::async(std::launch::async, [&] { return stored_by(*sink); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "2"; }))
      << "open() waits for the row";
  blocker.run("COMMIT");
  EXPECT_EQ(stored.get(), batch.end.position.token);
  EXPECT_EQ(keys(), "a,b");
}

// The bytes of a batch may lie in a buffer somewhere while the relay has long reconnected and gone
// on.
TEST_F(SinkFaultTest, ABatchThatArrivesLateIsShutOut) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  const Batch late = batch_({{"a", "{\"n\": 1}"}, {"b", "{}"}});
  proxy.arrange(TcpProxy::Plan::hold_request, kCommitSent);
  EXPECT_EQ(name_of(kind_of(sink->apply(late))), "sink_in_doubt");
  EXPECT_EQ(stored_by(*sink), "none");
  const Batch newer = batch_({{"a", "{\"n\": 2}"}}, {"b"});
  ASSERT_TRUE(is_ok(sink->apply(newer)));

  const std::string answer = proxy.let_go("22012");
  EXPECT_NE(answer.find("22012"), std::string::npos) << "the guard refused it";
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(look_.cell("SELECT data->>'n' FROM sales.orders"), "2");
  EXPECT_EQ(token(), newer.end.position.token);
}

// A new epoch is taken with each reconnect; that its answer was lost must not look like a
// take-over.
TEST_F(SinkFaultTest, AClaimWhoseAnswerWasLostIsStillOurs) {
  TcpProxy proxy(server().port());
  const std::unique_ptr<Sink> sink = make_ready_sink(options_by(proxy));
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  look_.run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
  // Fires after the row is written and before the answer: the first attempts end without one.
  for (int i = 0; i < 2; ++i) {
    look_.run(
        "CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON relay.checkpoint DEFERRABLE INITIALLY "
        "IMMEDIATE "
        "FOR EACH ROW EXECUTE FUNCTION slow()");
    EXPECT_EQ(name_of(kind_of(sink->open())), "sink_unavailable");
    look_.run("DROP TRIGGER slow ON relay.checkpoint");
    look_.run(
        "UPDATE relay.checkpoint SET epoch = epoch + 1");  // As if the claim had been committed.
  }
  EXPECT_EQ(stored_by(*sink), token());
  EXPECT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
}

TEST_F(SinkFaultTest, AServerThatCrashesAndComesBackHasAllOrNothing) {
  std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  const std::string before = token();
  Session blocker(uri());
  blocker.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'b' FOR UPDATE");
  const Batch batch = batch_({{"a", "{}"}, {"b", "{}"}});
  std::future<Status> applied = std::async(std::launch::async, [&] { return sink->apply(batch); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "1"; }));
  server().kill();
  EXPECT_EQ(name_of(kind_of(applied.get())), "sink_in_doubt");
  EXPECT_EQ(name_of(kind_of(sink->open())), "sink_unavailable") << "while it is down";
  server().start();
  EXPECT_EQ(stored_by(*sink), before);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  Session look(uri());
  EXPECT_EQ(look.cell("SELECT string_agg(oid, ',' ORDER BY oid) FROM sales.orders"), "a,b");

  server().stop();
  EXPECT_EQ(name_of(kind_of(sink->apply(batch_({{"c", "{}"}})))), "sink_unavailable")
      << "a server that took its leave before the batch is not in doubt";
  server().start();
  EXPECT_EQ(stored_by(*sink), batch.end.position.token);
}

TEST_F(SinkFaultTest, AServerThatFallsSilentDoesNotHoldTheSinkForEver) {
  PostgresSink::Options impatient = options();
  impatient.statement_timeout = milliseconds(300);
  impatient.connect_timeout = milliseconds(300);
  const std::unique_ptr<Sink> sink = make_ready_sink(impatient);
  const Batch batch = batch_({{"a", "{}"}});
  server().pause();
  const std::string applied = name_of(kind_of(sink->apply(batch)));
  const std::string opened = name_of(kind_of(sink->open()));
  server().resume();
  EXPECT_EQ(applied, "sink_in_doubt");
  EXPECT_EQ(opened, "sink_unavailable");
  // The batch was in the server's hands already. Whatever came of it, the first answer is the last
  // one.
  std::string stored;
  ASSERT_TRUE(wait_until(kPatience, [&] {
    const auto again = sink->open();
    if (again.ok()) stored = again.value() ? again.value()->position.token : "";
    return again.ok();
  }));
  EXPECT_EQ(keys(), stored.empty() ? "" : "a");
  EXPECT_EQ(token(), stored);
}

// A stop must not take as long as statement_timeout, a minute by default.
TEST_F(SinkFaultTest, AnInterruptEndsEveryWaitForASilentServer) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(sink->read_keys(table_, std::nullopt, 1).ok());
  server().pause();
  const auto start = std::chrono::steady_clock::now();
  std::future<Status> applied =
      std::async(std::launch::async, [&] { return sink->apply(batch_({{"a", "{}"}})); });
  std::future<Result<KeyPage>> keys =
      std::async(std::launch::async, [&] { return sink->read_keys(table_, std::nullopt, 1); });
  const bool is_waiting = applied.wait_for(milliseconds(500)) == std::future_status::timeout &&
                          keys.wait_for(milliseconds(0)) == std::future_status::timeout;
  sink->interrupt();
  const std::string apply_kind = name_of(kind_of(applied.get()));
  const std::string keys_kind = name_of(kind_of(keys.get()));
  const std::string open_kind = name_of(kind_of(sink->open()));
  const auto taken = std::chrono::steady_clock::now() - start;
  server().resume();
  EXPECT_TRUE(is_waiting);
  EXPECT_EQ(apply_kind, "sink_in_doubt");
  EXPECT_EQ(keys_kind, "sink_unavailable");
  EXPECT_EQ(open_kind, "sink_unavailable");
  EXPECT_LT(taken, std::chrono::seconds(9)) << "below connect_timeout, let alone the others";
}

TEST_F(SinkFaultTest, AnInterruptDoesNotKeepAServerThatAnswersFromBeingWrittenTo) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  sink->interrupt();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkFaultTest, AStatementThatTakesTooLongIsGivenUpAndCanBeRepeated) {
  PostgresSink::Options impatient = options();
  impatient.statement_timeout = milliseconds(200);
  const std::unique_ptr<Sink> sink = make_ready_sink(impatient);
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  Session blocker(uri());
  blocker.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'b' FOR UPDATE");
  const Batch batch = batch_({{"a", "{}"}, {"b", "{}"}});
  const Status late = sink->apply(batch);
  ASSERT_EQ(name_of(kind_of(late)), "sink_unavailable");
  EXPECT_NE(late.error().hint.find("statement_timeout"), std::string::npos);
  EXPECT_EQ(keys(), "b");
  blocker.run("ROLLBACK");
  EXPECT_TRUE(is_ok(sink->apply(batch))) << "on the same connection";
}

TEST_F(SinkFaultTest, ADeadlockIsForRepeating) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}, {"b", "{}"}}))));
  look_.run("ALTER ROLE postgres SET deadlock_timeout = '1h'");
  Session foreign(uri());
  look_.run("ALTER ROLE postgres RESET deadlock_timeout");
  foreign.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'b' FOR UPDATE");
  const Batch batch = batch_({{"a", "{}"}, {"b", "{}"}});
  std::future<Status> applied = std::async(std::launch::async, [&] { return sink->apply(batch); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return waiting_count() == "1"; }));
  foreign.run("SELECT FROM sales.orders WHERE oid = 'a' FOR UPDATE; COMMIT");
  EXPECT_EQ(name_of(kind_of(applied.get())), "sink_unavailable");
  EXPECT_TRUE(is_ok(sink->apply(batch)));
}

}  // namespace
}  // namespace relay
