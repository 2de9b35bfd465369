// relay verify --repair: what differs is mended beside a relay that runs.
#include <random>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "e2e/verify_fixture.h"
#include "e2e/version_writers.h"

namespace relay {
namespace {

using Lines = std::set<std::string>;

class RepairTest : public VerifyTest {};

TEST_F(RepairTest, WhatDiffersIsListedAndMended) {
  const auto relay = start_tables("");
  insert(0, 100);
  ASSERT_TRUE(wait_until_equal()) << relay->log();
  target_.run("DELETE FROM sales.orders WHERE oid = '7'");
  target_.run("INSERT INTO sales.orders VALUES ('stranger', '{}')");
  target_.run("UPDATE sales.orders SET data = data || '{\"paid\": false}' WHERE oid = '11'");
  const Verified mended = verify({"--repair"});
  EXPECT_EQ(mended.exit_code, 0) << mended.text;
  EXPECT_EQ(
      mended.differences,
      (Lines{"missing sales.orders 7", "extra sales.orders stranger", "differs sales.orders 11"}));
  EXPECT_TRUE(has_part(mended.text, "differences=3 missing=1 extra=1 differs=1 mended=3"));
  EXPECT_TRUE(is_equal_result(verify()));
  EXPECT_TRUE(orders_are_equal()) << "and so says who knows nothing of the relay";
  source_.update("orders", R"({"_id": 11})", R"({"$set": {"number": 1}})");
  insert(100);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
}

// Rows are damaged and mended again and again while their documents change: no mended row may hide
// a later change. Judged by a comparison that shares no code with the relay.
TEST_F(RepairTest, NoNewerRowIsOverwrittenUnderWriters) {
  const std::uint64_t seed = choose_seed();
  std::mt19937_64 random(seed);
  const auto relay = start_tables("");
  VersionWriters writers({.uri = mongo().uri(),
                          .database = database(),
                          .collection = "orders",
                          .keys_each = 60,
                          .seed = seed});
  insert(1'000, 1'200);
  ASSERT_TRUE(wait_for_row("1199")) << relay->log();
  std::size_t mended = 0;
  for (int round = 0; round < 5; ++round) {
    for (int damage = 0; damage < 20; ++damage) {
      // Half of them of documents that change all the time.
      const std::uint64_t key = damage % 2 == 0 ? random() % 180 : 1'000 + random() % 200;
      const std::string oid = "'" + std::to_string(key) + "'";
      switch (random() % 3) {
        case 0:
          target_.run("DELETE FROM sales.orders WHERE oid = " + oid);
          break;
        case 1:
          target_.run("UPDATE sales.orders SET data = '{\"damaged\": true}' WHERE oid = " + oid);
          break;
        default:
          target_.run("INSERT INTO sales.orders VALUES ('stranger-" + std::to_string(key) +
                      "', '{}') ON CONFLICT DO NOTHING");
      }
    }
    const Verified verified = verify({"--repair"});
    ASSERT_EQ(verified.exit_code, 0) << verified.text;
    mended += verified.differences.size();
  }
  EXPECT_GT(mended, 25U) << "something was damaged";
  writers.stop();
  EXPECT_EQ(writers.failure_count(), 0U);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(is_equal_result(verify()));
}

TEST_F(RepairTest, ATypedTableThatMarksIsMended) {
  const auto relay = start_tables(
      "columns = [{ name = \"id\", path = \"_id\", type = \"bigint\", key = true },\n"
      "           { name = \"number\", path = \"number\", type = \"integer\" }]\n"
      "on_delete = \"mark\"\nevolve = \"add\"\n");
  for (int key = 1; key <= 5; ++key)
    source_.insert("orders", R"({"_id": )" + std::to_string(key) + R"(, "number": 1, "b": true})");
  ASSERT_TRUE(wait_for_id(5)) << relay->log();
  source_.remove("orders", R"({"_id": 5})");
  insert(6);
  ASSERT_TRUE(wait_for_id(6)) << relay->log();
  ASSERT_TRUE(is_equal_result(verify()));
  target_.run("UPDATE sales.orders SET deleted_at = NULL WHERE id = 5");
  target_.run("UPDATE sales.orders SET deleted_at = now() WHERE id = 1");
  target_.run("UPDATE sales.orders SET b = NULL WHERE id = 2");
  target_.run("DELETE FROM sales.orders WHERE id = 3");
  const Verified mended = verify({"--repair"});
  EXPECT_EQ(mended.exit_code, 0) << mended.text;
  EXPECT_EQ(mended.differences.size(), 4U);
  EXPECT_TRUE(is_equal_result(verify()));
  EXPECT_EQ(target_.cell("SELECT string_agg(id::text, ',' ORDER BY id) FROM sales.orders WHERE "
                         "deleted_at IS NULL AND b"),
            "1,2,3,4");
}

TEST_F(RepairTest, WhatTheTargetRefusesStaysWithItsReason) {
  insert(0, 3);
  ASSERT_EQ(run_once("").exit_code, 0);
  target_.run("DELETE FROM sales.orders");
  target_.run("ALTER TABLE sales.orders ADD CONSTRAINT strict CHECK (oid <> '1')");
  const Verified verified = verify({"--repair"});
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_TRUE(has_part(verified.text, "stays sales.orders 1: "));
  EXPECT_TRUE(has_part(verified.text, "constraint=strict"));
  EXPECT_TRUE(has_part(verified.text, "mended=2"));
  EXPECT_EQ(verify().differences, Lines{"missing sales.orders 1"});
}

}  // namespace
}  // namespace relay
