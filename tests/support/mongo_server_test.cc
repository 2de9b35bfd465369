// The mongod that other tests trust: it takes writes, keeps them over a kill, and says why it did
// not start.
#include "support/mongo_server.h"

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <gtest/gtest.h>
#include <mongoc/mongoc.h>

#include "support/free_port.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

// A command, written as JSON, to database `support`. Returns the error text, empty when fine.
std::string run(const std::string& uri, const char* command, bson_t* reply) {
  mongoc_client_t* client = mongoc_client_new(uri.c_str());
  bson_error_t error;
  bson_t* document = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(command), -1, &error);
  const bool is_fine =
      mongoc_client_command_simple(client, "support", document, nullptr, reply, &error);
  bson_destroy(document);
  mongoc_client_destroy(client);
  return is_fine ? "" : error.message;
}

std::string run(const std::string& uri, const char* command) {
  bson_t reply;
  const std::string problem = run(uri, command, &reply);
  bson_destroy(&reply);
  return problem;
}

std::int64_t count(const std::string& uri) {
  bson_t reply;
  const std::string problem = run(uri, R"({"count": "things"})", &reply);
  bson_iter_t field;
  const bool is_found = bson_iter_init_find(&field, &reply, "n");
  const std::int64_t n = problem.empty() && is_found ? bson_iter_as_int64(&field) : -1;
  bson_destroy(&reply);
  return n;
}

constexpr char kInsert[] =
    R"({"insert": "things", "documents": [{}, {}], "writeConcern": {"w": "majority", "j": true}})";

TEST(MongoServerTest, KeepsItsDataOverKillAndStop) {
  MongoServer server;
  const std::string uri = server.uri();
  ASSERT_EQ(run(uri, kInsert), "");

  server.kill();
  EXPECT_FALSE(is_listening(server.port()));
  server.start();
  EXPECT_EQ(server.uri(), uri);
  EXPECT_EQ(count(uri), 2);

  ASSERT_EQ(run(uri, kInsert), "");
  server.stop();
  EXPECT_FALSE(is_listening(server.port()));
  server.start();
  EXPECT_EQ(count(uri), 4);
}

TEST(MongoServerTest, APausedServerAnswersOnlyWhenItGoesOn) {
  MongoServer server;
  server.pause();
  EXPECT_NE(
      run(server.uri() + "&serverSelectionTimeoutMS=300&connectTimeoutMS=300", R"({"ping": 1})"),
      "");
  server.resume();
  EXPECT_EQ(run(server.uri(), R"({"ping": 1})"), "");
}

TEST(MongoServerTest, AStandaloneHasNoReplicaSet) {
  MongoServer server({.replica_set = false, .auth = false, .extra_args = {}, .program = {}});
  ASSERT_EQ(run(server.uri(), kInsert), "");
  const std::string problem =
      run(server.uri(), R"({"aggregate": 1, "pipeline": [{"$changeStream": {}}], "cursor": {}})");
  EXPECT_NE(problem, "") << "a standalone has no change streams";
}

TEST(MongoServerTest, WithAuthOnlyThePasswordOpens) {
  MongoServer server(
      {.replica_set = true, .auth = true, .extra_args = {"--oplogSize", "8"}, .program = {}});
  EXPECT_EQ(run(server.uri(), kInsert), "");
  EXPECT_EQ(run(server.uri_for("root", "wrong"), kInsert), "Authentication failed.");
  EXPECT_NE(
      run("mongodb://127.0.0.1:" + std::to_string(server.port()) + "/?replicaSet=rs0", kInsert),
      "");

  server.kill();
  server.start();
  EXPECT_EQ(count(server.uri()), 2);
}

TEST(MongoServerTest, AServerThatNeverListensIsGivenUpAfterTheLimit) {
  const TemporaryDirectory directory;
  const std::filesystem::path idle = directory.path() / "idle";
  write_file(idle, "#!/bin/sh\necho nothing to do\nexec sleep 1000\n");
  std::filesystem::permissions(idle, std::filesystem::perms::owner_all);
  try {
    MongoServer server({.extra_args = {}, .ready_max = 300ms, .program = idle});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(),
                 "mongod did not listen within 300 ms; its log ends with:\nnothing to do\n");
  }
}

TEST(MongoServerTest, AServerThatEndsAtOnceIsNotWaitedFor) {
  try {
    MongoServer server({.extra_args = {"--noSuchOption"}, .program = {}});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("mongod has ended; its log ends with:"),
              std::string::npos);
    EXPECT_NE(std::string(error.what()).find("noSuchOption"), std::string::npos) << error.what();
  }
}

TEST(FindMongodTest, NamesTheSetupWhenThereIsNone) {
  const char* chosen = std::getenv("RELAY_TEST_MONGOD");
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const TemporaryDirectory directory;
  unsetenv("RELAY_TEST_MONGOD");
  setenv("XDG_CACHE_HOME", directory.path().c_str(), 1);
  try {
    find_mongod();
    ADD_FAILURE() << "found";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("run scripts/setup"), std::string::npos)
        << error.what();
  }
  cache == nullptr ? unsetenv("XDG_CACHE_HOME") : setenv("XDG_CACHE_HOME", cache, 1);
  if (chosen != nullptr) setenv("RELAY_TEST_MONGOD", chosen, 1);
}

}  // namespace
}  // namespace relay
