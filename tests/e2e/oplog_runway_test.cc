// How long until the position falls off the source's oplog: told before it happens.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "e2e/small_oplog.h"
#include "support/free_port.h"

namespace relay {
namespace {

class OplogRunwayTest : public OplogRolledOverTest {
 protected:
  OplogRunwayTest() : listen_("http.listen=127.0.0.1:" + std::to_string(pick_free_port())) {}

  std::unique_ptr<RelayProcess> follow(const std::string& source) {
    return start({"cdc-relay",
                  "--source",
                  source,
                  "--target",
                  target_uri(),
                  "--table",
                  database() + ".orders=sales.orders",
                  "--set",
                  listen_});
  }

  // nullopt: unknown, or nobody answers.
  std::optional<double> runway() {
    const Ended asked = run({"--set", listen_, "status", "--json"});
    if (asked.exit_code != 0 || asked.log.find("unreachable") != std::string::npos)
      return std::nullopt;
    const Bson status(asked.log);
    bson_iter_t at;
    if (!status.find("streams.0.oplog_runway_seconds", at) || !BSON_ITER_HOLDS_NUMBER(&at))
      return std::nullopt;
    return bson_iter_as_double(&at);
  }

  std::string listen_;
};

TEST_F(OplogRunwayTest, AShortOneIsToldAndAWarning) {
  ASSERT_TRUE(outrun()) << "full";
  const auto relay = follow(small_.uri());
  EXPECT_TRUE(relay->wait_for_log("oplog runway is below ten minutes")) << relay->log();
  const std::optional<double> told = runway();
  ASSERT_TRUE(told) << relay->log();
  EXPECT_LT(*told, 600);
  EXPECT_EQ(relay->log().find("oplog runway is unknown"), std::string::npos) << relay->log();
}

// Also says that the plan's words are enough.
TEST_F(OplogRunwayTest, WithoutTheRightItIsUnknownAndEverythingElseWorks) {
  MongoServer::Options options;
  options.auth = true;
  const MongoServer guarded(options);
  MongoClient admin(guarded.uri(), "admin");
  admin.run(R"({"createUser": "reader", "pwd": "pw", "roles": [{"role": "read", "db": ")" +
            database() + "\"}]}");
  admin.run_on(database(), R"({"insert": "orders", "documents": [{"_id": 1}]})");
  const auto relay = follow(guarded.uri_for("reader", "pw"));
  EXPECT_TRUE(
      relay->wait_for_log("oplog runway is unknown stream=default reason=\"no right to "
                          "read local.oplog.rs; relay plan names it\""))
      << relay->log();
  EXPECT_TRUE(wait_for_row("1")) << relay->log();
  EXPECT_EQ(runway(), std::nullopt);
}

}  // namespace
}  // namespace relay
