// Cancelling: whoever reads is freed soon, whatever the server does meanwhile.
#include <chrono>
#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/mongo_fixture.h"
#include "support/mongo_server.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

// Of its own: some tests leave cursors behind that the server cannot be told about.
MongoServer& own_server() {
  static MongoServer server;
  return server;
}

// The server notices that nobody waits for an answer any more when it next writes to its oplog,
// which an idle one does every ten seconds.
constexpr std::chrono::seconds kPatience{60};

// Stopped for as long as the object lives.
class PausedServer {
 public:
  PausedServer() { own_server().pause(); }
  ~PausedServer() { own_server().resume(); }
  PausedServer(const PausedServer&) = delete;
  PausedServer& operator=(const PausedServer&) = delete;
};

class MongoCancelTest : public testing::Test {
 protected:
  // A source whose next() waits for minutes.
  std::unique_ptr<MongoSource> patient_source() {
    MongoSourceOptions options =
        options_for({.database = database, .everything = true}, own_server().uri());
    options.await = 300s;
    return make_source(std::move(options));
  }

  Status look_up(MongoSource& source) {
    const BsonDocument key = BsonDocument().add_int32("_id", 1);
    const std::vector<RawDocument> keys = {key.view()};
    return source.look_up({{database, "a"}, keys, {}}, [](RawDocument) { return true; });
  }

  MongoShell shell{own_server().uri()};
  const std::string database = fresh_database();
};

TEST_F(MongoCancelTest, EndsAnIdleNextAtOnceAndForEver) {
  const auto source = patient_source();
  ASSERT_TRUE(source->open(StartNow{}).ok());
  auto reading = std::async(std::launch::async, [&source] { return source->next(); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return shell.is_relay_reading(); }));
  const auto start = std::chrono::steady_clock::now();
  source->cancel();
  const Result<Reply> reply = reading.get();
  EXPECT_LT(since(start), 30s);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().kind, ErrorKind::stopped) << reply.error().message;
  EXPECT_EQ(source->next().error().kind, ErrorKind::stopped);
  EXPECT_EQ(source->open(StartNow{}).error().kind, ErrorKind::stopped);
  EXPECT_EQ(source->read_chunk({.ns = {database, "a"}}).error().kind, ErrorKind::stopped);
  EXPECT_TRUE(wait_until(kPatience, [this] { return !shell.is_relay_reading(); }))
      << "the server goes on for nobody";
}

TEST_F(MongoCancelTest, LeavesNoCursorOnTheServer) {
  const auto source = patient_source();
  ASSERT_TRUE(source->open(StartNow{}).ok());
  ASSERT_EQ(shell.open_cursors(), 1);
  source->cancel();
  EXPECT_EQ(shell.open_cursors(), 0);
}

// A drain: what was read is still to be written.
TEST_F(MongoCancelTest, LeavesLookUpsAlone) {
  shell.insert(database, "a", "1");
  const auto source = patient_source();
  ASSERT_TRUE(source->open(StartNow{}).ok());
  ASSERT_TRUE(look_up(*source).ok());
  shell.fail_command("find", R"("blockConnection": true, "blockTimeMS": 1500)");
  auto looking = std::async(std::launch::async, [&] { return look_up(*source); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return shell.is_relay_running("find"); }));
  source->cancel();
  const Status running = looking.get();
  EXPECT_TRUE(running.ok()) << running.error().message;
  EXPECT_TRUE(look_up(*source).ok());
}

TEST_F(MongoCancelTest, EndsSnapshotReadsThatWouldGoOnForLong) {
  shell.insert_many(database, "a", 0, 1'000);
  for (const std::string command : {"find", "getMore", "aggregate"}) {
    const auto source = patient_source();
    shell.fail_command(command, R"("blockConnection": true, "blockTimeMS": 9000)");
    auto reading = std::async(std::launch::async, [&] {
      if (command != "aggregate") {
        return source->read_chunk({.lane = 1, .ns = {database, "a"}}).error().kind;
      }
      return source->split({.lane = 1, .ns = {database, "a"}, .parts_max = 2}).error().kind;
    });
    ASSERT_TRUE(wait_until(kPatience, [&] { return shell.is_relay_running(command); })) << command;
    const auto start = std::chrono::steady_clock::now();
    source->cancel();
    EXPECT_EQ(reading.get(), ErrorKind::stopped) << command;
    EXPECT_LT(since(start), 6s) << command;
  }
}

// As at a stop of the relay while the server's machine hangs: no time-out of the driver is below
// ten minutes, and killCursors goes unheard.
TEST_F(MongoCancelTest, FreesEveryoneFromAServerThatHangs) {
  shell.insert_many(database, "a", 0, 1'000);
  auto source = patient_source();
  ASSERT_TRUE(source->open(StartNow{}).ok());
  ASSERT_TRUE(look_up(*source).ok());
  ASSERT_TRUE(source->read_chunk({.ns = {database, "a"}}).ok());
  auto reading = std::async(std::launch::async, [&source] { return source->next(); });
  ASSERT_TRUE(wait_until(kPatience, [this] { return shell.is_relay_reading(); }));

  const auto paused = std::make_unique<PausedServer>();
  auto looking = std::async(std::launch::async, [&] { return look_up(*source); });
  auto copying =
      std::async(std::launch::async, [&] { return source->read_chunk({.ns = {database, "a"}}); });
  EXPECT_EQ(reading.wait_for(500ms), std::future_status::timeout);
  EXPECT_EQ(looking.wait_for(0s), std::future_status::timeout);
  EXPECT_EQ(copying.wait_for(0s), std::future_status::timeout);
  const auto start = std::chrono::steady_clock::now();
  source->cancel();
  EXPECT_EQ(reading.get().error().kind, ErrorKind::stopped);
  EXPECT_EQ(copying.get().error().kind, ErrorKind::stopped);
  EXPECT_EQ(looking.get().error().kind, ErrorKind::source_unavailable);
  EXPECT_LT(since(start), 30s);
  source.reset();
  EXPECT_LT(since(start), 60s) << "goodbyes to the server are not waited for";
  RecordProperty("freed_ms", static_cast<int>(since(start).count()));
}

TEST_F(MongoCancelTest, DoesNotWaitForAServerThatHangsWhenNobodyReads) {
  const auto source = patient_source();
  ASSERT_TRUE(source->open(StartNow{}).ok());
  std::chrono::milliseconds taken{};
  {
    const PausedServer paused;
    const auto start = std::chrono::steady_clock::now();
    source->cancel();
    taken = since(start);
  }
  EXPECT_LT(taken, 30s);
  EXPECT_EQ(source->next().error().kind, ErrorKind::stopped);
}

}  // namespace
}  // namespace relay
