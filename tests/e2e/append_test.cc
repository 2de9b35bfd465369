// A log of events: what an append table shows of each change.
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "e2e/table_fixture.h"
#include "e2e/whole_json.h"

namespace relay {
namespace {

class AppendTest : public TableTest {
 protected:
  // sales.orders, and sales.log beside it.
  std::string with_log() {
    return "[[table]]\nfrom = \"" + database() +
           ".orders\"\nto = \"sales.log\"\nmode = \"append\"\n";
  }
  // What the events of documents have in this part of their change, in the order of the stream.
  std::string logged(const std::string& part) {
    std::string all;
    for (const LoggedEvent& event : logged_events("sales.orders")) {
      if (event.operation == "create") continue;
      const bool has_part = event.change.is_object() && event.change.contains(part);
      all += (all.empty() ? "" : " ") + event.operation + "=" +
             (has_part ? event.change.at(part).dump() : "-");
    }
    return all;
  }
  // The changes of events of this operation.
  std::vector<nlohmann::json> changes_of(const std::string& operation) {
    std::vector<nlohmann::json> changes;
    for (const LoggedEvent& event : logged_events("sales.log")) {
      if (event.operation == operation) changes.push_back(event.change);
    }
    return changes;
  }

 private:
  struct LoggedEvent {
    std::string operation;
    nlohmann::json change;  // Null: none.
  };

  std::vector<LoggedEvent> logged_events(const std::string& table) {
    std::vector<LoggedEvent> events;
    const std::string overflow = is_crate() ? "overflow" : "NULL";
    for (const Cells& row : target_.rows("SELECT operation, change, " + overflow + " FROM " +
                                         table + " ORDER BY position")) {
      LoggedEvent& event = events.emplace_back();
      event.operation = row.at(0).value_or("");
      event.change = whole_json(row.at(1), row.at(2), "change");
    }
    return events;
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
  EXPECT_EQ(logged("updatedFields"),
            R"(insert=- update={"a.b":5,"n":2} update={} replace=- delete=-)");
  EXPECT_EQ(logged("removedFields"), R"(insert=- update=[] update=["gone"] replace=- delete=-)");
}

TEST_F(AppendTest, WhatIsExcludedIsCutOutOfTheChange) {
  source_.insert("orders", R"({"_id": 1, "card": {"number": "secret-1", "kind": "a"}})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"card.number": "secret-2", "n": 1}})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"card": {"number": "secret-3"}}})");
  source_.update("orders", R"({"_id": 1})", R"({"$unset": {"card.number": 1}})");
  const Ended ended = run_once("mode = \"append\"\nexclude = [\"card.number\"]\n");
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  for (const Cells& row : target_.rows("SELECT * FROM sales.orders")) {
    for (const auto& cell : row) {
      EXPECT_EQ(cell.value_or("").find("secret"), std::string::npos) << *cell;
      EXPECT_EQ(cell.value_or("").find("number"), std::string::npos) << *cell;
    }
  }
  EXPECT_EQ(logged("updatedFields"), R"(insert=- update={"n":1} update={"card":{}} update={})");
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
  ASSERT_EQ(changes_of("update").size(), 1U);
  EXPECT_EQ(changes_of("update").front().at("updatedFields").at("number"), 8);
  ASSERT_EQ(changes_of("rename").size(), 1U);
  EXPECT_EQ(changes_of("rename").front().at("to").at("coll"), "elsewhere");
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
