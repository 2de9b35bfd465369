#include "apply/crate_error.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

struct Case {
  std::string name;
  std::string sqlstate;
  std::string message;
  ErrorKind kind;
};

class CrateErrorTest : public testing::TestWithParam<Case> {};

PgFailure failure_of(const std::string& sqlstate, const std::string& message) {
  return {.sqlstate = sqlstate,
          .severity = "ERROR",
          .message = message,
          .table = {},
          .column = {},
          .constraint = {}};
}

TEST_P(CrateErrorTest, TheTextDecides) {
  const Case& c = GetParam();
  EXPECT_EQ(make_crate_error(failure_of(c.sqlstate, c.message), "try").kind, c.kind);
}

INSTANTIATE_TEST_SUITE_P(
    Apply,
    CrateErrorTest,
    testing::Values(
        Case{"Overload", "XX000", "Data too large, data for [x]", ErrorKind::sink_unavailable},
        Case{"Breaker",
             "XX000",
             "Allocating 1mb for 'query: insert' failed, breaker would use 2gb in total. Limit is "
             "1gb.",
             ErrorKind::sink_unavailable},
        Case{"Shard",
             "XX000",
             "[doc.t][0] primary shard is not active Timeout: [1m]",
             ErrorKind::sink_unavailable},
        Case{"Start",
             "XX000",
             "Cannot invoke \"ClusterState.nodes()\" because \"clusterState\" is null",
             ErrorKind::sink_starting},
        Case{"Killed", "XX000", "Job killed", ErrorKind::sink_unavailable},
        Case{"DiskFull",
             "XX000",
             "blocked by: [RELATION_READ_DELETE_ONLY/12/index read-only / allow delete (api)];",
             ErrorKind::sink_unavailable},
        Case{"Right", "XX000", "Missing 'DML' privilege for user 'relay'", ErrorKind::sink_refused},
        Case{"ShardNotYet", "XX000", "no such shard", ErrorKind::sink_unavailable},
        Case{"Closed",
             "XX000",
             "The relation \"a.b\" doesn't support or allow READ operations, as it is currently "
             "closed.",
             ErrorKind::sink_unavailable},
        Case{"UnknownTable", "42P01", "Relation 'a.b' unknown", ErrorKind::sink_starting},
        Case{"UnknownSchema", "3F000", "Schema 'a' unknown", ErrorKind::sink_starting},
        Case{"Cast", "XX000", "Cannot cast `x` to type `bigint`", ErrorKind::row_rejected},
        Case{"Check",
             "XX000",
             "Failed CONSTRAINT b_check CHECK (\"n\" <> 7) for values: [c, 7]",
             ErrorKind::row_rejected},
        Case{"Name", "XX000", "\"a.b\" contains a dot", ErrorKind::row_rejected},
        Case{"Immense",
             "XX000",
             "Document contains at least one immense term in field=\"3\"",
             ErrorKind::row_rejected},
        Case{"Columns", "XX000", "Limit of total columns [1000]", ErrorKind::row_rejected},
        Case{"Login", "28000", "no", ErrorKind::sink_refused},
        Case{"NeverSeen", "XX000", "something else", ErrorKind::sink_unknown},
        Case{"Disconnect", "", "closed", ErrorKind::sink_unavailable}),
    [](const auto& test) { return test.param.name; });

// Texts about rows repeat their values.
TEST(CrateErrorTextTest, AValueIsNotShown) {
  const Error error =
      make_crate_error(failure_of("XX000", "Cannot cast `secret` to type `bigint`"), "apply");
  EXPECT_EQ(error.message, "apply: SQLSTATE XX000");
  EXPECT_EQ(make_crate_error(failure_of("XX000", "odd: secret"), "apply").message,
            "apply: SQLSTATE XX000");
}

TEST(CrateVersionTest, TheFloorIsHeldInEachLine) {
  for (const char* version : {"6.2.11", "6.3.5", "6.4.0", "6.4.3", "7.0.0", "6.5.0-SNAPSHOT"})
    EXPECT_TRUE(check_crate_version(version).ok()) << version;
  for (const char* version : {"5.10.16", "6.2.10", "6.3.4", "4.8.0", "", "x"}) {
    const Status status = check_crate_version(version);
    ASSERT_FALSE(status.ok()) << version;
    EXPECT_EQ(status.error().kind, ErrorKind::sink_refused);
    EXPECT_NE(status.error().hint.find("6.4"), std::string::npos);
  }
}

}  // namespace
}  // namespace relay
