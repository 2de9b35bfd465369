// Changes of a running source arrive in the target, whatever kind they are.
#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class MainPathTest : public RealServersTest {};

TEST_F(MainPathTest, EveryKindOfWriteToNestedDocumentsArrives) {
  const auto relay = start_streaming();
  insert(0, 200);
  source_.update(
      "orders", R"({"_id": {"$lt": 50}})", R"({"$set": {"customer.address.city": "x"}})");
  source_.update(
      "orders",
      R"({"_id": {"$lt": 60}})",
      R"({"$push": {"customer.tags": {"k": [1, {"deep": null}]}}, "$unset": {"paid": 1}})");
  source_.update(
      "orders", R"({"_id": {"$lt": 70}})", R"([{"$set": {"items": {"$slice": ["$items", 1]}}}])");
  for (int key = 100; key < 120; ++key) {
    const std::string filter = R"({"_id": )" + std::to_string(key) + "}";
    source_.replace("orders", filter, R"({"only": {"this": [true]}})");
  }
  source_.remove("orders", R"({"_id": {"$gte": 150, "$lt": 180}})");
  insert(160, 170);
  insert(1'000);
  ASSERT_TRUE(wait_for_row("1000")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "181");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

TEST_F(MainPathTest, AHotKeyEndsWithItsLastVersion) {
  const auto relay = start_streaming();
  insert(1);
  for (int number = 1; number <= 400; ++number) {
    source_.update(
        "orders", R"({"_id": 1})", R"({"$set": {"number": )" + std::to_string(number) + "}}");
    if (number % 100 != 0) continue;
    source_.remove("orders", R"({"_id": 1})");
    insert(1);
  }
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"number": 777}})");
  insert(2);
  ASSERT_TRUE(wait_for_row("2")) << relay->log();
  EXPECT_EQ(target_.cell("SELECT " + target_.json("data", {"number"}) +
                         " FROM sales.orders WHERE oid = '1'"),
            "777");
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(MainPathTest, KeysOfSeveralTypesKeepApart) {
  const auto relay = start_streaming();
  source_.insert("orders", R"({"_id": {"$oid": "507f191e810c19729de860ea"}, "n": 1})");
  source_.insert("orders", R"({"_id": "alpha", "n": 2})");
  source_.insert("orders", R"({"_id": {"$numberLong": "-9007199254740993"}, "n": 3})");
  source_.insert("orders", R"({"_id": 5, "n": 4})");
  source_.insert("orders", R"({"_id": "last"})");
  ASSERT_TRUE(wait_for_row("last")) << relay->log();
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "5");
}

// Readers of the target never see a part of it. Looked at all the time while transactions arrive.
TEST_F(MainPathTest, ATransactionAppearsWhole) {
  constexpr int kTransactions = 20;
  constexpr int kRows = 300;
  source_.run(R"({"create": "orders"})");
  const auto relay = start_streaming();
  for (int group = 0; group < kTransactions; ++group) {
    std::vector<Bson> documents;
    for (int i = 0; i < kRows; ++i) {
      documents.emplace_back(R"({"_id": )" + std::to_string(group * kRows + i) + R"(, "group": )" +
                             std::to_string(group) + "}");
    }
    source_.insert_in_transaction("orders", documents);
  }
  std::size_t looks = 0;
  std::string torn;
  const bool has_arrived = wait_until(kPatience, [&] {
    if (target_.cell("SELECT to_regclass('sales.orders')").empty()) return false;
    ++looks;
    const std::string found = target_.cell(
        "SELECT string_agg(g || ': ' || n, ', ') FROM (SELECT data->>'group' AS g, count(*) AS n "
        "FROM "
        "sales.orders GROUP BY 1 HAVING count(*) <> " +
        std::to_string(kRows) + ") AS torn");
    if (!found.empty()) torn = found;
    return row_count() == std::to_string(kTransactions * kRows);
  });
  EXPECT_TRUE(has_arrived) << relay->log();
  EXPECT_EQ(torn, "") << "in one of " << looks << " looks";
}

// Also a dropped database only ends the server's cursor. What becomes of the rows:
// collection_events_test.cc.
TEST_F(MainPathTest, DropsAndRenamesDoNotEndTheStream) {
  const auto relay = start_streaming();
  insert(0, 5);
  source_.run(R"({"drop": "orders"})");
  insert(5, 10);
  ASSERT_TRUE(wait_for_row("9")) << relay->log();
  source_.run_on("admin",
                 R"({"renameCollection": ")" + database() + R"(.orders", "to": ")" + database() +
                     R"(.elsewhere"})");
  insert(10, 15);
  source_.run(R"({"dropDatabase": 1})");
  insert(15, 20);
  source_.update("orders", R"({"_id": 16})", R"({"$set": {"number": 8}})");
  insert(20);
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_EQ(row_count(), "6");
  EXPECT_TRUE(relay->is_running());
}

// A source that is quiet, or busy elsewhere only, must not fall out of its own history.
TEST_F(MainPathTest, ThePositionOfAQuietSourceMoves) {
  const auto relay = start_streaming();
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return target_.has_table("relay.checkpoint") && !stored_token().empty();
  })) << relay->log();
  const std::string before = stored_token();
  EXPECT_TRUE(wait_until(kPatience, [&] { return stored_token() > before; })) << relay->log();
}

}  // namespace
}  // namespace relay
