// What happens when the server is gone, says no, or is told to stop.
#include <chrono>
#include <future>
#include <string>

#include <gtest/gtest.h>

#include "source/mongo_fixture.h"
#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The error that open() ends with; `internal` when it does not fail.
Error open_error(const std::string& uri,
                 StreamScope scope,
                 std::chrono::milliseconds timeout = 2s) {
  MongoSourceOptions options = options_for(std::move(scope), uri);
  options.connect_timeout = timeout;
  const auto source = make_source(std::move(options));
  const Result<Position> opened = source->open(StartNow{});
  return opened.ok() ? Error{} : opened.error();
}

TEST(MongoFaultsTest, ServerThatIsDownIsNamedWithinTheTimeoutAndWithoutThePassword) {
  const std::string port = std::to_string(pick_free_port());
  const auto start = std::chrono::steady_clock::now();
  const Error error = open_error(
      "mongodb://me:hunter2@127.0.0.1:" + port + "/?replicaSet=rs0", {.database = "shop"}, 700ms);
  EXPECT_EQ(error.kind, ErrorKind::source_unavailable);
  EXPECT_TRUE(contains(error.message, "127.0.0.1:" + port)) << error.message;
  EXPECT_FALSE(contains(error.message, "hunter2")) << error.message;
  EXPECT_GE(since(start), 600ms) << "a server may be about to start";
  EXPECT_LT(since(start), 20s) << "the driver's own time-out is 30 s";
}

TEST(MongoFaultsTest, KilledServerIsUnavailableAndTheStreamGoesOnAfterItsReturn) {
  const std::string database = fresh_database();
  auto shell = std::make_unique<MongoShell>();
  shell->run(database, R"({"create": "a"})");
  const auto source = make_source(options_for({.database = database, .everything = true}));
  ASSERT_TRUE(source->open(StartNow{}).ok());
  shell->insert(database, "a", "1");
  const std::vector<SeenEvent> before = read_events(*source, 1);
  ASSERT_EQ(before.size(), 1U);
  const Checkpoint checkpoint{{before[0].token, before[0].time}, source->pipeline_hash()};
  // Majority and journaled, so that it survives the kill.
  shell->run(
      database,
      R"({"insert": "a", "documents": [{"_id": 2}], "writeConcern": {"w": "majority", "j": true}})");
  shell.reset();

  shared_server().kill();
  Result<Reply> reply = source->next();
  while (reply.ok())
    reply = source->next();  // At most one reply was on its way.
  EXPECT_EQ(reply.error().kind, ErrorKind::source_unavailable) << reply.error().message;
  shared_server().start();
  const Result<Position> opened = source->open(StartAfter{checkpoint});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(read_events(*source, 1).at(0).key, R"({ "_id" : { "$numberInt" : "2" } })");
}

struct CommandFailure {
  std::string name;
  std::string command;
  std::string data;
  ErrorKind kind;
};

class FailCommandTest : public testing::TestWithParam<CommandFailure> {};

// Whatever the server says, the same source opens again afterwards and misses nothing.
TEST_P(FailCommandTest, IsClassifiedAndTheStreamOpensAgain) {
  MongoShell shell;
  const std::string database = fresh_database();
  shell.run(database, R"({"create": "a"})");
  const auto source = make_source(options_for({.database = database, .exact = {{database, "a"}}}));
  Result<Position> opened = source->open(StartNow{});
  ASSERT_TRUE(opened.ok());
  const StartAfter from{{opened.value(), source->pipeline_hash()}};
  shell.insert(database, "a", "1");
  shell.fail_command(GetParam().command, GetParam().data);
  if (GetParam().command == "getMore") {
    const Result<Reply> reply = source->next();
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().kind, GetParam().kind) << reply.error().message;
  } else {
    opened = source->open(from);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind, GetParam().kind) << opened.error().message;
  }
  shell.clear_failures();
  opened = source->open(from);
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(read_events(*source, 1).size(), 1U);
}

constexpr char kResumable[] = R"(, "errorLabels": ["ResumableChangeStreamError"])";

INSTANTIATE_TEST_SUITE_P(
    Codes,
    FailCommandTest,
    testing::Values(
        CommandFailure{
            "SteppedDown", "getMore", R"("errorCode": 11602)", ErrorKind::source_unavailable},
        CommandFailure{"Labelled",
                       "getMore",
                       std::string(R"("errorCode": 112)") + kResumable,
                       ErrorKind::source_unavailable},
        CommandFailure{"Unlabelled", "getMore", R"("errorCode": 112)", ErrorKind::source_unknown},
        CommandFailure{
            "CursorGone", "getMore", R"("errorCode": 43)", ErrorKind::source_unavailable},
        CommandFailure{"HistoryLost", "getMore", R"("errorCode": 286)", ErrorKind::position_lost},
        CommandFailure{
            "TokenNotFound", "getMore", R"("errorCode": 280)", ErrorKind::token_not_found},
        CommandFailure{"TooLarge", "getMore", R"("errorCode": 10334)", ErrorKind::event_too_large},
        CommandFailure{"Unauthorized", "getMore", R"("errorCode": 13)", ErrorKind::source_refused},
        CommandFailure{"CutConnection",
                       "getMore",
                       R"("closeConnection": true)",
                       ErrorKind::source_unavailable},
        CommandFailure{
            "CutOpening", "aggregate", R"("closeConnection": true)", ErrorKind::source_unavailable},
        CommandFailure{
            "SlowOpening", "aggregate", R"("errorCode": 262)", ErrorKind::source_unavailable},
        CommandFailure{
            "RefusedOpening", "aggregate", R"("errorCode": 13)", ErrorKind::source_refused}),
    [](const auto& test) { return test.param.name; });

TEST(MongoFaultsTest, FilterIsUsedWhenTheListIsRefusedAndOtherFailuresOfTheListAreReported) {
  MongoShell shell;
  const std::string database = fresh_database();
  shell.run(database, R"({"create": "a"})");
  const StreamScope scope{.database = database, .exact = {{database, "a"}}};
  const auto plain = make_source(options_for(scope));
  ASSERT_TRUE(plain->open(StartNow{}).ok());
  const auto refused = make_source(options_for(scope));
  shell.fail_command("listCollections", R"("errorCode": 262)");
  EXPECT_EQ(refused->open(StartNow{}).error().kind, ErrorKind::source_unavailable);
  shell.fail_command("listCollections", R"("errorCode": 13)");
  ASSERT_TRUE(refused->open(StartNow{}).ok());
  EXPECT_NE(refused->pipeline_hash(), plain->pipeline_hash());
}

TEST(MongoFaultsTest, StandaloneIsRefusedWithTheCommandThatMendsIt) {
  MongoServer::Options alone;
  alone.replica_set = false;
  MongoServer standalone(alone);
  for (const std::string& option :
       {std::string(), std::string("?replicaSet=rs0"), std::string("?directConnection=true")}) {
    const Error error = open_error(standalone.uri() + option, {.database = "shop"});
    EXPECT_EQ(error.kind, ErrorKind::source_refused) << option << " " << error.message;
    EXPECT_TRUE(contains(error.message, "standalone")) << error.message;
    EXPECT_TRUE(contains(error.hint, "rs.initiate()")) << error.hint;
  }
}

TEST(MongoFaultsTest, WrongSetNameIsRefusedWithTheRightOne) {
  const std::string port = std::to_string(shared_server().port());
  const Error error =
      open_error("mongodb://127.0.0.1:" + port + "/?replicaSet=prod", {.database = "shop"});
  EXPECT_EQ(error.kind, ErrorKind::source_refused) << error.message;
  EXPECT_TRUE(contains(error.hint, "replicaSet=rs0")) << error.hint;
}

TEST(MongoFaultsTest, AnotherNameOfAMemberWillDo) {
  const std::string port = std::to_string(shared_server().port());
  // The set knows itself as 127.0.0.1.
  const auto source = make_source(
      options_for({.database = "shop"}, "mongodb://localhost:" + port + "/?replicaSet=rs0"));
  const Result<Position> opened = source->open(StartNow{});
  EXPECT_TRUE(opened.ok()) << opened.error().message;
}

TEST(MongoFaultsTest, TlsToAServerWithoutItComesWithAHint) {
  const std::string port = std::to_string(shared_server().port());
  const Error error =
      open_error("mongodb://127.0.0.1:" + port + "/?replicaSet=rs0&tls=true", {.database = "shop"});
  EXPECT_TRUE(contains(error.hint, "tls"))
      << format_kind(error.kind) << error.message << error.hint;
}

class MongoRightsTest : public testing::Test {
 protected:
  static MongoServer& server() {
    static MongoServer guarded([] {
      MongoServer::Options options;
      options.auth = true;
      return options;
    }());
    return guarded;
  }
  // The connection string of a new user with these roles.
  static std::string user_with(const std::string& roles) {
    static int count = 0;
    const std::string name = "user" + std::to_string(++count);
    MongoShell(server().uri())
        .run("admin", R"({"createUser": ")" + name + R"(", "pwd": "pw", "roles": )" + roles + "}");
    return server().uri_for(name, "pw");
  }
};

TEST_F(MongoRightsTest, WrongPasswordIsRefusedAndNotShown) {
  const Error error = open_error(server().uri_for("root", "hunter2"), {.database = "shop"});
  EXPECT_EQ(error.kind, ErrorKind::source_refused) << error.message;
  EXPECT_TRUE(contains(error.hint, "password")) << error.hint;
  EXPECT_FALSE(contains(error.message + error.hint, "hunter2"));
}

TEST_F(MongoRightsTest, UserWithoutRightsIsToldWhichRole) {
  const Error error = open_error(user_with("[]"), {.database = "shop", .exact = {{"shop", "a"}}});
  EXPECT_EQ(error.kind, ErrorKind::source_refused) << error.message;
  EXPECT_TRUE(contains(error.hint, R"([{role: "read", db: "shop"}])")) << error.hint;
}

TEST_F(MongoRightsTest, NoLoginAtAllIsRefused) {
  const Error error =
      open_error("mongodb://127.0.0.1:" + std::to_string(server().port()) + "/?replicaSet=rs0",
                 {.database = "shop"});
  EXPECT_EQ(error.kind, ErrorKind::source_refused) << error.message;
}

// The roles that docs/source.md names are enough for all that the relay does.
TEST_F(MongoRightsTest, RoleReadIsEnoughForOneDatabase) {
  MongoShell root(server().uri());
  const std::string database = fresh_database();
  root.run(database, R"({"create": "a"})");
  const std::string uri = user_with(R"([{"role": "read", "db": ")" + database + R"("}])");
  const auto source =
      make_source(options_for({.database = database, .exact = {{database, "a"}}}, uri));
  const Result<Position> opened = source->open(StartNow{});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  root.insert(database, "a", "1");
  EXPECT_EQ(read_events(*source, 1).size(), 1U);
  EXPECT_TRUE(source->current_time().ok());
  const BsonDocument key = BsonDocument().add_int32("_id", 1);
  const std::vector<RawDocument> keys = {key.view()};
  int found = 0;
  const Status done =
      source->look_up({{database, "a"}, keys, {}}, [&found](RawDocument) { return ++found > 0; });
  EXPECT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(found, 1);
  // Cancelling kills a cursor from another connection of the same user.
  MongoSourceOptions options = options_for({.database = database, .everything = true}, uri);
  options.await = 60s;
  const auto blocked = make_source(std::move(options));
  ASSERT_TRUE(blocked->open(StartNow{}).ok());
  auto reading = std::async(std::launch::async, [&blocked] { return blocked->next(); });
  ASSERT_TRUE(wait_until(60s, [&root] { return root.is_relay_reading(); }));
  blocked->cancel();
  root.insert(fresh_database(), "elsewhere", "1");
  EXPECT_EQ(reading.get().error().kind, ErrorKind::stopped);
}

TEST_F(MongoRightsTest, RoleReadAnyDatabaseIsEnoughForTheCluster) {
  const std::string uri = user_with(R"([{"role": "readAnyDatabase", "db": "admin"}])");
  EXPECT_TRUE(make_source(options_for({.exact = {{"shop", "a"}, {"stock", "b"}}}, uri))
                  ->open(StartNow{})
                  .ok());
  const Error error =
      open_error(user_with(R"([{"role": "read", "db": "shop"}])"), {.everything = true});
  EXPECT_EQ(error.kind, ErrorKind::source_refused) << error.message;
}

}  // namespace
}  // namespace relay
