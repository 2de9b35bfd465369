// What the tests of the program share: one mongod and one PostgreSQL a test program, and for each
// test a database of its own on both and a folder for the state file.
//
// With RELAY_TEST_TARGET=cratedb the target is CrateDB (crate_target.h). Tests look at it in words
// that both understand (pg_session.h); those that are about PostgreSQL alone: postgres_only.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/comparison.h"
#include "e2e/crate_target.h"
#include "e2e/mongo_client.h"
#include "e2e/pg_session.h"
#include "e2e/relay_process.h"
#include "support/mongo_server.h"
#include "support/postgres_server.h"
#include "support/temporary_directory.h"

namespace relay {

struct Ended {
  int exit_code = 0;
  std::string log;
  std::string complaint;  // `error:` and `try:` lines.
};

using Arguments = std::vector<std::string>;

class RealServersTest : public testing::Test {
 protected:
  // Both run when a test begins.
  static MongoServer& mongo();
  static PostgresServer& postgres();

  RealServersTest();
  void SetUp() override;
  // Starts what a test has left down or paused, also one that broke off: the next test needs it.
  void TearDown() override;

  void stop_source();
  void kill_source();
  void start_source();
  void kill_target();
  void start_target();

  // The name of the test's database on both sides.
  [[nodiscard]] const std::string& database() const { return database_; }
  [[nodiscard]] std::string target_uri() const {
    return is_crate() ? crate_->uri("crate") : target_uri_as("postgres");
  }
  // On PostgreSQL: the target, or what is behind it.
  [[nodiscard]] std::string target_uri_as(const std::string& user) const;
  [[nodiscard]] bool is_crate() const { return crate_ != nullptr; }
  [[nodiscard]] CrateTarget& crate() const { return *crate_; }

  // `cdc-relay` between the two servers with one table: the collection `orders` as sales.orders.
  [[nodiscard]] Arguments command(const Arguments& more = {}) const;
  // The same from the beginning of this test on, to its end.
  [[nodiscard]] Arguments once_command() const;

  // In the folder of this test.
  [[nodiscard]] std::unique_ptr<RelayProcess> start(const Arguments& arguments) const;
  // With the command above, and reading already.
  [[nodiscard]] std::unique_ptr<RelayProcess> start_streaming(const Arguments& more = {}) const;
  [[nodiscard]] Ended run(const Arguments& arguments) const;

  void insert(int key) { insert(key, key + 1); }
  // Keys from `first`, below `end`; nested documents of many types.
  void insert(int first, int end);
  [[nodiscard]] testing::AssertionResult orders_are_equal();
  // Every table of this test's relay has been copied.
  bool wait_until_copied();
  // While nobody writes.
  [[nodiscard]] testing::AssertionResult wait_until_equal();
  // In sales.orders.
  bool wait_for_row(const std::string& key);
  // As if no relay had ever written there; what it has written stays.
  void forget_relay() { target_.drop_tables("relay"); }
  std::string row_count() { return target_.cell("SELECT count(*) FROM sales.orders"); }
  std::string stored_token() { return target_.cell("SELECT token FROM relay.checkpoint"); }

 private:
  std::string database_;
  std::unique_ptr<CrateTarget> crate_;  // Null: the target is PostgreSQL.
  bool is_source_down_ = false;
  bool is_target_down_ = false;

 protected:
  TemporaryDirectory directory_;
  MongoClient source_;
  PgSession target_;
  std::string begin_;  // As an ISO time: nothing of this test is older.
};

// Nested, with each type that applications commonly write; `number` makes them differ.
Bson make_order(int key, int number = 0);

// Of whole seconds since 1970.
std::string iso_time(std::uint32_t seconds);

}  // namespace relay
