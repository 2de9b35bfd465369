// The PostgreSQL that other tests trust: it keeps what was committed over a kill, and comes back at
// once.
#include "support/postgres_server.h"

#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using namespace std::chrono_literals;

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Connection connect(const std::string& uri) {
  return {PQconnectdb(uri.c_str()), &PQfinish};
}

// The first value of the result, or the error text.
std::string run(const Connection& connection, const char* sql) {
  PGresult* result = PQexec(connection.get(), sql);
  const bool has_row = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0;
  const std::string text = has_row ? PQgetvalue(result, 0, 0) : PQresultErrorMessage(result);
  PQclear(result);
  return text;
}

TEST(PostgresServerTest, KeepsWhatWasCommittedOverKillAndStop) {
  PostgresServer server;
  const std::string uri = server.uri();
  const Connection connection = connect(uri);
  ASSERT_EQ(run(connection, "CREATE TABLE things AS SELECT generate_series(1, 1000) AS id"), "");
  EXPECT_EQ(run(connection, "SHOW fsync"), "on");
  EXPECT_EQ(run(connection, "SHOW lc_collate"), "C.UTF-8");

  server.kill();
  EXPECT_FALSE(is_listening(server.port()));
  server.start();
  EXPECT_EQ(server.uri(), uri);
  EXPECT_EQ(run(connect(uri), "SELECT count(*) FROM things"), "1000");
  EXPECT_NE(server.log().find("database system was not properly shut down"), std::string::npos);

  server.stop();
  EXPECT_FALSE(is_listening(server.port()));
  server.start();
  EXPECT_EQ(run(connect(uri), "SELECT count(*) FROM things"), "1000");
}

// A backend in the middle of a long statement would otherwise live on for a while after the
// postmaster.
TEST(PostgresServerTest, KillTakesBusyBackendsToo) {
  PostgresServer server;
  const Connection connection = connect(server.uri());
  const std::string backend = run(connection, "SELECT pg_backend_pid()");
  ASSERT_EQ(PQsendQuery(connection.get(), "SELECT count(*) FROM generate_series(1, 100000000000)"),
            1);

  server.kill();
  const std::string state = read_file("/proc/" + backend + "/stat");
  EXPECT_TRUE(state.empty() || state.find(") Z ") != std::string::npos) << state;
  server.start();
  EXPECT_EQ(run(connect(server.uri()), "SELECT 1"), "1");
}

TEST(PostgresServerTest, APausedServerAnswersOnlyWhenItGoesOn) {
  PostgresServer server;
  const Connection connection = connect(server.uri());
  const std::string backend = run(connection, "SELECT pg_backend_pid()");
  server.pause();
  ASSERT_EQ(PQsendQuery(connection.get(), "SELECT 'alive'"), 1);
  for (const std::string& pid : {std::to_string(server.pid()), backend}) {
    EXPECT_TRUE(wait_until(30s, [&] {
      return read_file("/proc/" + pid + "/stat").find(") T ") != std::string::npos;
    })) << pid;
  }
  EXPECT_NE(PQstatus(connect(server.uri() + "?connect_timeout=2").get()), CONNECTION_OK);
  server.resume();
  PGresult* result = PQgetResult(connection.get());
  EXPECT_STREQ(PQgetvalue(result, 0, 0), "alive");
  PQclear(result);
}

TEST(PostgresServerTest, WithAuthOnlyThePasswordOpens) {
  PostgresServer server({.auth = true, .settings = {"max_connections=10"}, .programs = {}});
  EXPECT_EQ(run(connect(server.uri()), "SHOW max_connections"), "10");
  const Connection refused = connect(server.uri_for("postgres", "wrong"));
  EXPECT_NE(std::string(PQerrorMessage(refused.get())).find("password authentication failed"),
            std::string::npos);
}

TEST(PostgresServerTest, AServerThatEndsAtOnceIsNotWaitedFor) {
  try {
    PostgresServer server({.settings = {"shared_buffers=nonsense"}, .programs = {}});
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("PostgreSQL has ended; its log ends with:"),
              std::string::npos);
    EXPECT_NE(std::string(error.what()).find("nonsense"), std::string::npos) << error.what();
  }
}

TEST(PostgresServerTest, AServerThatDoesNotAnswerIsGivenUpAfterTheLimit) {
  try {
    PostgresServer server({.settings = {}, .ready_max = 1ms, .programs = {}});
    FAIL() << "started within a millisecond";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("PostgreSQL did not answer within 1 ms"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace relay
