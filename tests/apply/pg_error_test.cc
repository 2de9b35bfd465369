#include "apply/pg_error.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

struct Case {
  std::string sqlstate;
  ErrorKind kind;
};

class SqlstateTest : public testing::TestWithParam<Case> {};

TEST_P(SqlstateTest, HasItsKind) {
  EXPECT_EQ(rule_for(GetParam().sqlstate).kind, GetParam().kind);
}

using enum ErrorKind;

// Every class the table names, and the codes that differ from their class.
INSTANTIATE_TEST_SUITE_P(PgError,
                         SqlstateTest,
                         testing::Values(Case{"08006", sink_unavailable},
                                         Case{"0A000", sink_refused},
                                         Case{"21000", internal},
                                         Case{"22021", row_rejected},
                                         Case{"22P02", row_rejected},
                                         Case{"22P05", row_rejected},
                                         Case{"23502", row_rejected},
                                         Case{"23514", row_rejected},
                                         Case{"25006", sink_unavailable},
                                         Case{"25P02", sink_unknown},
                                         Case{"25P03", sink_unavailable},
                                         Case{"26000", sink_refused},
                                         Case{"28000", sink_refused},
                                         Case{"28P01", sink_refused},
                                         Case{"3D000", sink_refused},
                                         Case{"3F000", sink_refused},
                                         Case{"40001", sink_unavailable},
                                         Case{"40P01", sink_unavailable},
                                         Case{"42501", sink_refused},
                                         Case{"42703", sink_refused},
                                         Case{"42P01", sink_refused},
                                         Case{"42P05", sink_refused},
                                         Case{"44000", row_rejected},
                                         Case{"53100", sink_unavailable},
                                         Case{"53300", sink_unavailable},
                                         Case{"54000", row_rejected},
                                         Case{"54001", row_rejected},
                                         Case{"55000", sink_unknown},
                                         Case{"55006", sink_unavailable},
                                         Case{"55P03", sink_unavailable},
                                         Case{"57014", sink_unavailable},
                                         Case{"57P01", sink_unavailable},
                                         Case{"57P02", sink_unavailable},
                                         Case{"57P03", sink_unavailable},
                                         Case{"57P04", sink_refused},
                                         Case{"58030", sink_unavailable},
                                         Case{"P0001", row_rejected},
                                         Case{"XX000", sink_unknown},
                                         Case{"ZZZZZ", sink_unknown},
                                         Case{"", sink_unknown}),
                         [](const auto& test) {
                           return test.param.sqlstate.empty() ? "None" : test.param.sqlstate;
                         });

PgFailure failure(std::string sqlstate, std::string message) {
  return {.sqlstate = std::move(sqlstate),
          .severity = "ERROR",
          .message = std::move(message),
          .table = "orders",
          .column = "",
          .constraint = "orders_total_check"};
}

// Messages about rows repeat cells, and a cell in a log is a leak.
TEST(PgErrorTest, WordsOfTheServerAboutARowAreNotRepeated) {
  for (const std::string code : {"22P02", "23514", "44000", "P0001", "XX000"}) {
    const Error error = make_error(failure(code, "invalid input: canary-4711"), "apply batch");
    EXPECT_EQ(error.message.find("canary"), std::string::npos) << code;
    EXPECT_NE(error.message.find(code), std::string::npos);
    EXPECT_NE(error.message.find("constraint=orders_total_check"), std::string::npos);
  }
}

TEST(PgErrorTest, WordsAboutNamesAreRepeated) {
  const Error error =
      make_error(failure("42P01", "relation \"a.b\" does not exist"), "apply batch");
  EXPECT_EQ(error.message,
            "apply batch: SQLSTATE 42P01 table=orders constraint=orders_total_check: relation "
            "\"a.b\" does not exist");
  EXPECT_FALSE(error.hint.empty());
}

TEST(PgErrorTest, ABrokenConnectionIsNoAnswerOfTheServer) {
  PgFailure broken;
  broken.message = "server closed the connection unexpectedly";
  EXPECT_TRUE(broken.is_disconnect());
  const Error error = make_error(broken, "apply batch");
  EXPECT_EQ(error.kind, sink_unavailable);
  EXPECT_EQ(error.message, "apply batch: server closed the connection unexpectedly");
}

TEST(PgErrorTest, ACertificateThatDoesNotFitIsNoOutage) {
  const std::string place = "connection to server at \"127.0.0.1\", port 5432 failed: ";
  for (const std::string& line :
       {place + "SSL error: certificate verify failed",
        place + "server certificate for \"a\" does not match host name \"b\"",
        place + "server does not support SSL, but SSL was required",
        place + "root certificate file \"/root/.postgresql/root.crt\" does not exist"}) {
    EXPECT_EQ(find_tls_refusal(line + "\nEither provide the file or change sslmode"), line);
    EXPECT_EQ(find_tls_refusal("first\n" + line), line);
  }
  for (const char* line : {"SSL SYSCALL error: Connection reset by peer",
                           "SSL connection has been closed unexpectedly",
                           "Connection refused",
                           "FATAL:  28000: no pg_hba.conf entry for host, no encryption"}) {
    EXPECT_EQ(find_tls_refusal(place + line), "") << line;
  }
}

TEST(PgErrorTest, OnlyAnErrorLeavesTheSessionAlive) {
  PgFailure answer = failure("57P01", "terminating connection");
  EXPECT_FALSE(answer.is_disconnect());
  answer.severity = "FATAL";
  EXPECT_TRUE(answer.is_disconnect());
  answer.severity = "PANIC";
  EXPECT_TRUE(answer.is_disconnect());
}

struct ConnectCase {
  std::string name;
  std::string text;
  std::string sqlstate;
  std::string shortened;
};

class ConnectMessageTest : public testing::TestWithParam<ConnectCase> {};

TEST_P(ConnectMessageTest, YieldsCodeAndText) {
  EXPECT_EQ(find_sqlstate(GetParam().text), GetParam().sqlstate);
  EXPECT_EQ(shorten_connect_message(GetParam().text), GetParam().shortened);
}

INSTANTIATE_TEST_SUITE_P(
    PgError,
    ConnectMessageTest,
    testing::Values(
        ConnectCase{
            "Password",
            "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password "
            "authentication failed for user \"relay\"\nLOCATION:  auth_failed, auth.c:335\n",
            "28P01",
            "password authentication failed for user \"relay\""},
        ConnectCase{"Translated",
                    "Verbindung fehlgeschlagen: FATAL:  3D000: Datenbank \"x\" existiert nicht\n"
                    "ORT:  InitPostgres, postinit.c:885\n",
                    "3D000",
                    "Datenbank \"x\" existiert nicht"},
        ConnectCase{
            "LastAddressCounts",
            "connection to server at \"::1\", port 1 failed: FATAL:  57P03: the database system "
            "is starting up\nLOCATION:  a, b.c:1\nconnection to server at \"127.0.0.1\", port 1 "
            "failed: FATAL:  28000: role \"x\" does not exist\nLOCATION:  a, b.c:1\n",
            "28000",
            "role \"x\" does not exist"},
        ConnectCase{"Refused",
                    "connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n"
                    "\tIs the server running on that host and accepting TCP/IP connections?\n",
                    "",
                    "connection to server at \"127.0.0.1\", port 1 failed: Connection refused"},
        ConnectCase{"NotACode", "FATAL:  abcde: odd\n", "", "FATAL:  abcde: odd"},
        ConnectCase{"Empty", "", "", ""}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
