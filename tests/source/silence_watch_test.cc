// Waits for an answer that will not come are ended, and all others are left alone.
#include "source/silence_watch.h"

#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/change_cursor.h"
#include "source/mongo_connection.h"
#include "source/mongo_fixture.h"
#include "support/faulty_link.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPatience{60};

// Commands of one connection through a link, and a watch that is soon impatient.
class SilenceWatchTest : public testing::Test {
 protected:
  static constexpr SilenceWatch::Limits kLimits{.silence_max = 300ms, .answer_max = 1'000ms};

  SilenceWatchTest()
      : link(shared_server().port()),
        uri("mongodb://127.0.0.1:" + std::to_string(link.port()) + "/?directConnection=true"),
        pool(std::move(MongoPool::make(uri, 10s).value())),
        watch(uri, pool->sockets(), kLimits) {
    shell.insert_many(database, "a", 0, 10);
    connection = std::move(MongoConnection::open(*pool, ClientUse::reading).value());
    EXPECT_TRUE(find().ok());
  }

  Result<RawBuffer> find() {
    const BsonDocument body = BsonDocument().add_text("find", "a");
    return connection->run({.phase = SourcePhase::look_up,
                            .doing = "look documents up",
                            .database = database,
                            .body = body});
  }

  // Looks again and again until the call has returned.
  Result<RawBuffer> end_by_watching(std::future<Result<RawBuffer>>& call) {
    EXPECT_TRUE(wait_until(kPatience, [&] {
      watch.look();
      return call.wait_for(0s) == std::future_status::ready;
    }));
    return call.get();
  }

  MongoShell shell;
  const std::string database = fresh_database();
  FaultyLink link;
  Secret uri;
  std::unique_ptr<MongoPool> pool;
  SilenceWatch watch;
  std::unique_ptr<MongoConnection> connection;
};

TEST_F(SilenceWatchTest, AServerThatAnswersNobodyIsNotWaitedFor) {
  link.set({.is_silent = true});
  auto call = std::async(std::launch::async, [this] { return find(); });
  EXPECT_EQ(call.wait_for(300ms), std::future_status::timeout);
  const Result<RawBuffer> result = end_by_watching(call);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::source_unavailable);
  EXPECT_NE(result.error().message.find("no answer for "), std::string::npos)
      << result.error().message;
}

// A machine that has much else to do may miss a question.
TEST_F(SilenceWatchTest, AServerThatMissesOneQuestionIsWaitedFor) {
  link.set({.is_silent = true});
  auto call = std::async(std::launch::async, [this] { return find(); });
  ASSERT_TRUE(wait_until(
      kPatience, [this] { return !pool->sockets().find_silent(kLimits.silence_max).empty(); }));
  watch.look();
  EXPECT_EQ(call.wait_for(0s), std::future_status::timeout);
  link.set({});
  const Result<RawBuffer> result = call.get();
  EXPECT_TRUE(result.ok()) << result.error().message;
}

// The server is fine, and knows nothing of the connection any more.
TEST_F(SilenceWatchTest, AConnectionThatTheServerHasForgottenIsNotWaitedFor) {
  link.forget_all();
  auto call = std::async(std::launch::async, [this] { return find(); });
  const Result<RawBuffer> result = end_by_watching(call);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::source_unavailable);
  EXPECT_NE(result.error().message.find("no answer for "), std::string::npos)
      << result.error().message;
  connection = std::move(MongoConnection::open(*pool, ClientUse::reading).value());
  EXPECT_TRUE(find().ok());
}

TEST_F(SilenceWatchTest, ACommandThatTheServerWorksOnIsWaitedFor) {
  shell.fail_command("find", R"("blockConnection": true, "blockTimeMS": 3000)");
  auto call = std::async(std::launch::async, [this] { return find(); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return shell.is_relay_running("find"); }));
  const Result<RawBuffer> result = end_by_watching(call);
  EXPECT_TRUE(result.ok()) << result.error().message;
}

TEST_F(SilenceWatchTest, AStreamThatWaitsForChangesIsWaitedFor) {
  StreamDefinition definition;
  definition.scope = {.database = database, .everything = true};
  Result<ChangeCursor> cursor =
      ChangeCursor::open(*connection, definition, StartNow{}, {.await = 3s});
  ASSERT_TRUE(cursor.ok()) << cursor.error().message;
  auto call = std::async(std::launch::async, [&] {
    const Result<Reply> reply = cursor.value().next();
    return reply.ok() ? Result<RawBuffer>(RawBuffer()) : Result<RawBuffer>(reply.error());
  });
  const Result<RawBuffer> result = end_by_watching(call);
  EXPECT_TRUE(result.ok()) << result.error().message;
}

// A narrow line: the server is through with the command long before the answer has arrived.
TEST_F(SilenceWatchTest, AnAnswerThatIsOnItsWayIsWaitedFor) {
  shell.insert_many(database, "a", 10, 40, 1'000);
  link.set({.bytes_per_second = 16'384});
  auto call = std::async(std::launch::async, [this] { return find(); });
  const Result<RawBuffer> result = end_by_watching(call);
  EXPECT_TRUE(result.ok()) << result.error().message;
}

// And the driver's goodbye at the end does not wait for it either: that was ten minutes.
TEST_F(SilenceWatchTest, AConnectionThatIsIdleIsLeftAlone) {
  link.forget_all();
  watch.look();
  EXPECT_TRUE(pool->sockets().find_silent(0ms).empty());
}

}  // namespace
}  // namespace relay
