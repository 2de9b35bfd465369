// What existed before the relay came: copied, whatever its keys are and whatever happens to it
// meanwhile.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SnapshotTest : public RealServersTest {
 protected:
  std::string state_of(const std::string& table) {
    return target_.list("SELECT DISTINCT state FROM relay.snapshot WHERE tbl = '" + table +
                        "' ORDER BY state");
  }
  void insert_all(const std::vector<std::string>& documents) {
    std::vector<Bson> all;
    for (const std::string& document : documents)
      all.emplace_back(document);
    source_.insert_raw("orders", all);
  }
  // Of every type that has an order of its own among `_id`s; no two are equal.
  static std::string id_of_type(int type, int number) {
    const std::string n = std::to_string(number);
    switch (type) {
      case 0:
        return n;
      case 1:
        return R"({"$numberDouble": ")" + n + R"(.5"})";
      case 2:
        return "\"k" + n + "\"";
      case 3:
        return R"({"a": )" + n + R"(, "b": "x"})";
      case 4:
        return R"({"$date": {"$numberLong": ")" + n + R"("}})";
      case 5: {
        const std::string digits = std::to_string(100'000'000 + number);
        return R"({"$oid": "507f191e810c197)" + digits + "\"}";
      }
      default:
        return R"({"$timestamp": {"t": )" + n + R"(, "i": 1}})";
    }
  }
  static std::string document_with(const std::string& id) {
    return R"({"_id": )" + id + R"(, "n": 1})";
  }
};

TEST_F(SnapshotTest, OnceCopiesWhatExistsAndEnds) {
  insert(0, 2'000);
  const Ended first = run(command({"--once"}));
  EXPECT_EQ(first.exit_code, 0) << first.log;
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "2000");
  EXPECT_EQ(state_of("sales.orders"), "done");
  EXPECT_EQ(target_.cell("SELECT sum(rows_done) FROM relay.snapshot"), "2000");

  source_.remove("orders", R"({"_id": {"$lt": 10}})");
  insert(2'000);
  const Ended second = run(command({"--once"}));
  EXPECT_EQ(second.exit_code, 0) << second.log;
  EXPECT_EQ(second.log.find("snapshot begins"), std::string::npos) << "copied once is enough";
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(SnapshotTest, AMissingCollectionIsAnEmptyTable) {
  const Ended ended = run(command({"--once"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), "0");
  EXPECT_EQ(state_of("sales.orders"), "done");
  insert(1);
  EXPECT_EQ(run(command({"--once"})).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
}

TEST_F(SnapshotTest, AnEmptyCollectionAndOneOfOneDocument) {
  source_.run(R"({"create": "orders"})");
  EXPECT_EQ(run(command({"--once"})).exit_code, 0);
  EXPECT_EQ(row_count(), "0");
  forget_relay();
  target_.run("DROP TABLE sales.orders");
  insert(1);
  EXPECT_EQ(run(command({"--once", "--set", "state.path=another.db"})).exit_code, 0);
  EXPECT_EQ(row_count(), "1");
  EXPECT_TRUE(orders_are_equal());
}

// Read one document at a time, so that each of them bounds a chunk.
TEST_F(SnapshotTest, EveryKeyCanBoundAChunk) {
  std::vector<std::string> documents;
  for (int type = 0; type < 7; ++type) {
    for (int number = 1; number < 4; ++number)
      documents.push_back(document_with(id_of_type(type, number)));
  }
  for (const char* id : {R"({"$minKey": 1})",
                         R"({"$maxKey": 1})",
                         "null",
                         "true",
                         "false",
                         "{}",
                         R"({"a": null})",
                         R"({"a": {"b": [1, {"c": null}]}})",
                         R"({"$numberLong": "-9007199254740993"})",
                         R"({"$binary": {"base64": "c//SZESzTGmQ6OfR38A11A==", "subType": "04"}})",
                         R"({"$numberDouble": "1e+30"})"}) {
    documents.push_back(document_with(id));
  }
  insert_all(documents);
  const Ended ended = run(command({"--once", "--set", "snapshot.chunk_rows=1"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), std::to_string(documents.size()));
  EXPECT_TRUE(orders_are_equal());
}

// Enough for several ranges, whose bounds lie between and inside the types.
TEST_F(SnapshotTest, RangesReachAcrossTypes) {
  std::vector<std::string> documents{document_with(R"({"$minKey": 1})"),
                                     document_with(R"({"$maxKey": 1})")};
  for (int number = 0; number < 21'000; ++number)
    documents.push_back(document_with(id_of_type(number % 7, number)));
  insert_all(documents);
  const Ended ended =
      run(command({"--once", "--set", "snapshot.parallel=4", "--set", "snapshot.chunk_rows=1000"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_NE(ended.log.find("parts=4"), std::string::npos) << ended.log;
  EXPECT_TRUE(orders_are_equal());
}

// Ranges and chunks go in the collection's order, which is not that of the bytes; and keys that
// only compare equal are none of the document's.
TEST_F(SnapshotTest, ACollationOrdersTheCollection) {
  source_.run(R"({"create": "orders", "collation": {"locale": "en", "strength": 2}})");
  std::vector<std::string> documents;
  for (int number = 0; number < 12'000; ++number) {
    std::string id = "key" + std::to_string(number);
    if (number % 2 == 0) id[0] = 'K';
    if (number % 3 == 0) id[1] = 'E';
    documents.push_back(document_with('"' + id + '"'));
  }
  insert_all(documents);
  const Arguments once{
      "--once", "--set", "snapshot.parallel=2", "--set", "snapshot.chunk_rows=700"};
  const Ended ended = run(command(once));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_NE(ended.log.find("parts=2"), std::string::npos) << ended.log;
  EXPECT_TRUE(orders_are_equal());
}

// A table that was there before: what it has of other keys goes, what differs is rewritten.
TEST_F(SnapshotTest, RowsThatWereThereBeforeEndEqual) {
  insert(0, 3'000);
  target_.create_mirror("sales.orders");
  std::vector<std::string> keys;
  for (int key = -2'500; key <= 100; ++key)
    keys.push_back(std::to_string(key));
  target_.fill_mirror("sales.orders", keys);
  const Ended ended = run(command({"--once", "--set", "snapshot.chunk_rows=500"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "3000");
}

// Nothing is read twice but the chunk that was under way.
TEST_F(SnapshotTest, AKilledSnapshotGoesOnWhereItWas) {
  constexpr int kDocuments = 8'000;
  insert(0, kDocuments);
  const Arguments small{"--set", "snapshot.chunk_rows=100", "--set", "snapshot.parallel=1"};
  for (int kills = 0; kills < 3; ++kills) {
    const auto relay = start(command(small));
    const std::string before = kills == 0 ? "0" : row_count();
    ASSERT_TRUE(wait_until(kPatience, [&] {
      return target_.has_table("sales.orders") && std::stoi(row_count()) > std::stoi(before) + 500;
    })) << relay->log();
    relay->kill();
    EXPECT_EQ(relay->log().find("snapshot begins") == std::string::npos, kills > 0) << relay->log();
  }
  EXPECT_EQ(state_of("sales.orders"), "copying");
  const std::string next = target_.cell("SELECT rows_done FROM relay.snapshot");
  if (is_crate()) {
    EXPECT_GE(std::stoi(row_count()), std::stoi(next)) << "progress is stored behind its rows";
  } else {
    EXPECT_EQ(row_count(), next) << "progress lies in the transaction of its rows";
  }
  source_.remove("orders", R"({"_id": {"$lt": 50}})");
  source_.update("orders", R"({"_id": {"$gte": 7950}})", R"({"$set": {"number": 9}})");
  insert(-5, 0);
  const Ended last = run(command({"--once"}));
  EXPECT_EQ(last.exit_code, 0) << last.log;
  EXPECT_EQ(last.log.find("snapshot begins"), std::string::npos) << last.log;
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(target_.cell("SELECT sum(rows_done) FROM relay.snapshot"), std::to_string(kDocuments));
}

// The stream goes on where it was, and only the new table is copied.
TEST_F(SnapshotTest, ATableThatIsAddedLaterIsCopied) {
  insert(0, 300);
  for (int key = 0; key < 50; ++key)
    source_.insert("users", R"({"_id": )" + std::to_string(key) + "}");
  ASSERT_EQ(run(command({"--once"})).exit_code, 0);
  target_.run("DELETE FROM sales.orders WHERE oid = '5'");
  insert(300, 310);
  source_.remove("users", R"({"_id": 7})");
  const Ended second = run(command({"--once", "--table", database() + ".users=sales.users"}));
  EXPECT_EQ(second.exit_code, 0) << second.log;
  EXPECT_TRUE(is_equal(source_, "users", target_, "sales.users")) << second.log;
  EXPECT_EQ(row_count(), "309") << "not copied again\n" << second.log;
  EXPECT_EQ(second.log.find("snapshot begins table=sales.orders"), std::string::npos);

  source_.remove("users", R"({"_id": 8})");
  insert(5'000);
  EXPECT_EQ(run(command({"--once", "--table", database() + ".users=sales.users"})).exit_code, 0);
  EXPECT_TRUE(is_equal(source_, "users", target_, "sales.users"));
  EXPECT_EQ(row_count(), "310");
}

// What happened to its collection meanwhile is not in the stream any more.
TEST_F(SnapshotTest, ATableThatIsLeftOutForAWhileIsCopiedAgain) {
  const Arguments with_users{"--once", "--table", database() + ".users=sales.users"};
  for (int key = 0; key < 50; ++key)
    source_.insert("users", R"({"_id": )" + std::to_string(key) + "}");
  ASSERT_EQ(run(command(with_users)).exit_code, 0);
  source_.remove("users", R"({"_id": {"$lt": 5}})");
  source_.insert("users", R"({"_id": 100})");
  ASSERT_EQ(run(command({"--once"})).exit_code, 0);
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.users"), "50");
  const Ended back = run(command(with_users));
  EXPECT_EQ(back.exit_code, 0) << back.log;
  EXPECT_TRUE(is_equal(source_, "users", target_, "sales.users")) << back.log;
}

TEST_F(SnapshotTest, AViewIsRefusedByName) {
  source_.run(R"({"create": "base"})");
  source_.run(R"({"create": "orders", "viewOn": "base", "pipeline": []})");
  const Ended view = run(command());
  EXPECT_EQ(view.exit_code, 3) << view.log;
  EXPECT_NE(view.complaint.find(database() + ".orders: it is a view"), std::string::npos)
      << view.log;
  EXPECT_NE(view.complaint.find("\ntry: "), std::string::npos);
}

TEST_F(SnapshotTest, ATimeSeriesIsRefusedByName) {
  source_.run(R"({"create": "orders", "timeseries": {"timeField": "at"}})");
  const Ended series = run(command());
  EXPECT_EQ(series.exit_code, 3) << series.log;
  EXPECT_NE(series.complaint.find(database() + ".orders: it is a time series"), std::string::npos)
      << series.log;
  EXPECT_NE(series.complaint.find("\ntry: "), std::string::npos);
}

}  // namespace
}  // namespace relay
