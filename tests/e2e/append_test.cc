// A log of events: what an append table shows of each change.
#include <gtest/gtest.h>

#include "e2e/table_fixture.h"

namespace relay {
namespace {

class AppendTest : public TableTest {
 protected:
  // sales.orders, and sales.log beside it.
  std::string with_log() {
    return "[[table]]\nfrom = \"" + database() +
           ".orders\"\nto = \"sales.log\"\nmode = \"append\"\n";
  }
  // Of the events of one document, in the order of the stream.
  std::string logged(const std::string& column, const std::string& key) {
    return target_.cell("SELECT string_agg(operation || '=' || coalesce((" + column +
                        ")::text, '-'), ' ' ORDER BY position) FROM sales.orders WHERE "
                        "document_key->>'_id' = '" +
                        key + "'");
  }
};

TEST_F(AppendTest, AnUpdateSaysWhatItChanged) {
  source_.insert("orders", R"({"_id": 1, "n": 1, "gone": 1, "list": [1, 2, 3], "a": {"b": 1}})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"n": 2, "a.b": {"$numberLong": "5"}}})");
  source_.update("orders", R"({"_id": 1})", R"({"$unset": {"gone": 1}})");
  source_.replace("orders", R"({"_id": 1})", R"({"n": 3})");
  source_.remove("orders", R"({"_id": 1})");
  const Ended ended = run_once("mode = \"append\"\n");
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(logged("change->'updatedFields'", "1"),
            R"(insert=- update={"n": 2, "a.b": 5} update={} replace=- delete=-)");
  EXPECT_EQ(logged("change->'removedFields'", "1"),
            R"(insert=- update=[] update=["gone"] replace=- delete=-)");
}

TEST_F(AppendTest, WhatIsExcludedIsCutOutOfTheChange) {
  source_.insert("orders", R"({"_id": 1, "card": {"number": "secret-1", "kind": "a"}})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"card.number": "secret-2", "n": 1}})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"card": {"number": "secret-3"}}})");
  source_.update("orders", R"({"_id": 1})", R"({"$unset": {"card.number": 1}})");
  const Ended ended = run_once("mode = \"append\"\nexclude = [\"card.number\"]\n");
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders WHERE to_jsonb(orders)::text LIKE "
                         "'%secret%' OR change::text LIKE '%number%'"),
            "0");
  EXPECT_EQ(logged("change->'updatedFields'", "1"),
            R"(insert=- update={"n": 1} update={"card": {}} update={})");
}

TEST_F(AppendTest, OneCollectionFeedsATableAndItsLog) {
  insert(0, 20);
  source_.update("orders", R"({"_id": 7})", R"({"$set": {"number": 8}})");
  insert(20);
  ASSERT_EQ(run_once(with_log()).exit_code, 0);
  source_.run_on("admin",
                 R"({"renameCollection": ")" + database() + R"(.orders", "to": ")" + database() +
                     R"(.elsewhere"})");
  const Ended ended = run_once(with_log());
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), "21");
  EXPECT_EQ(target_.cell("SELECT change #>> '{updatedFields,number}' FROM sales.log WHERE "
                         "operation = 'update'"),
            "8");
  EXPECT_EQ(target_.cell("SELECT change #>> '{to,coll}' FROM sales.log WHERE operation = 'rename'"),
            "elsewhere");
}

// A position is good for the stream that it came from only: the log's stream delivers more.
TEST_F(AppendTest, ATableThatBecomesALogGoesOnAtTheTimeOfItsPosition) {
  insert(0, 5);
  ASSERT_EQ(run_once("").exit_code, 0);
  insert(5, 8);
  source_.update("orders", R"({"_id": 7})", R"({"$set": {"number": 8}})");
  const Ended ended = run_once(with_log());
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_EQ(row_count(), "8");
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.log WHERE change IS NOT NULL"), "1");
}

}  // namespace
}  // namespace relay
