// Streams side by side: each has its own position, and its own failure.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class StreamsTest : public RealServersTest {
 protected:
  // Orders on stream a, users on stream b.
  std::unique_ptr<RelayProcess> start_both() {
    const std::filesystem::path file = directory_.path() / "relay.toml";
    write_file(file,
               "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" + target_uri() +
                   "\"\n[[table]]\nfrom = \"" + database() +
                   ".orders\"\nto = \"sales.orders\"\nstream = \"a\"\n[[table]]\nfrom = \"" +
                   database() + ".users\"\nto = \"sales.users\"\nstream = \"b\"\n");
    return start({"--config", file, "cdc-relay"});
  }

  void insert_users(int first, int end) {
    for (int key = first; key < end; ++key)
      source_.insert("users", R"({"_id": )" + std::to_string(key) + "}");
  }

  bool wait_for_users(int count) {
    return wait_until(kPatience, [&] {
      if (!target_.has_table("sales.users")) return false;
      return target_.cell("SELECT count(*) FROM sales.users") == std::to_string(count);
    });
  }

  static void expect_failed_alone(RelayProcess& relay) {
    EXPECT_TRUE(relay.wait_for_log("stream has failed, the others go on stream=b")) << relay.log();
    EXPECT_TRUE(relay.is_running());
  }
};

TEST_F(StreamsTest, EachHasItsPositionAndItsTables) {
  insert(0, 100);
  insert_users(0, 10);
  const auto relay = start_both();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(wait_for_users(10)) << relay->log();
  insert(100, 200);
  insert_users(10, 20);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(wait_for_users(20)) << relay->log();
  EXPECT_EQ(target_.list("SELECT stream FROM relay.checkpoint ORDER BY stream"), "a b");
  EXPECT_EQ(target_.list("SELECT stream || '=' || tbl FROM relay.snapshot ORDER BY stream"),
            "a=sales.orders b=sales.users");
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

TEST_F(StreamsTest, AStreamThatCannotBeginLeavesTheOthersAlone) {
  target_.create_table("sales.users", "oid integer PRIMARY KEY");
  insert(0, 100);
  insert_users(0, 10);
  const auto relay = start_both();
  expect_failed_alone(*relay);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  insert(100, 200);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 4) << "what has failed is not forgotten\n" << relay->log();
  EXPECT_NE(relay->complaint().find("sales.users"), std::string::npos) << relay->log();

  // Its collection was not lost: it begins once the table is out of the way.
  target_.run("DROP TABLE sales.users");
  const auto again = start_both();
  EXPECT_TRUE(wait_for_users(10)) << again->log();
  EXPECT_TRUE(wait_until_equal()) << again->log();
}

TEST_F(StreamsTest, AStreamThatFailsLaterLeavesTheOthersAlone) {
  insert_users(0, 10);
  insert(0, 100);
  const auto relay = start_both();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(wait_for_users(10)) << relay->log();
  target_.run("ALTER TABLE sales.users RENAME COLUMN data TO other");
  insert_users(10, 11);
  expect_failed_alone(*relay);
  insert(100, 200);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  target_.run("ALTER TABLE sales.users RENAME COLUMN other TO data");
  relay->terminate();
  EXPECT_EQ(relay->wait(), 4) << relay->log();
  const auto again = start_both();
  EXPECT_TRUE(wait_for_users(11)) << again->log();
}

}  // namespace
}  // namespace relay
