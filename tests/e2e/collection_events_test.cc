// What happens to a whole collection - dropped, renamed, replaced, made again - while the relay is
// down, in the middle of its snapshot, in the middle of one that is killed, and while it streams.
// Whatever it is and whenever it comes: rows of a collection that is gone stay, and once there is a
// collection of that name the table equals it.

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/real_servers.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr int kDocuments = 3'000;
constexpr int kOthers = 700;  // Documents of the collection that takes the place; other keys.
constexpr int kOthersFirst = 2'500;

enum class Moment : std::uint8_t {
  while_down,
  inside_snapshot,
  inside_killed_snapshot,
  while_streaming
};

struct Event {
  const char* name;
  bool leaves_a_collection;
  // `other` has kOthers documents.
  std::vector<std::string> commands;  // DB stands for the database; admin: renames.
};

std::vector<Event> events() {
  const std::string rename_away = R"({"renameCollection": "DB.orders", "to": "DB.elsewhere"})";
  const std::string rename_back = R"({"renameCollection": "DB.elsewhere", "to": "DB.orders"})";
  const std::string rename_onto =
      R"({"renameCollection": "DB.other", "to": "DB.orders", "dropTarget": true})";
  const std::string out =
      R"({"aggregate": "other", "pipeline": [{"$out": "orders"}], "cursor": {}})";
  const std::string drop = R"({"drop": "orders"})";
  return {
      {"Drop", false, {drop}},
      {"RenameAway", false, {rename_away}},
      {"RenameToAnotherDatabase",
       false,
       {R"({"renameCollection": "DB.orders", "to": "DB_elsewhere.orders", "dropTarget": true})"}},
      {"DropDatabase", false, {R"({"dropDatabase": 1})"}},
      {"RenameOnto", true, {rename_onto}},
      {"RenameOntoAfterDrop", true, {drop, rename_onto}},
      {"RenameAwayAndBack", true, {rename_away, rename_back}},
      {"RenameAwayAndOnto", true, {rename_away, rename_onto}},
      {"Out", true, {out}},
      {"OutTwice", true, {out, out}},
      {"ConvertToCapped", true, {R"({"convertToCapped": "orders", "size": 50000000})"}},
      {"DropAndOut", true, {drop, out}},
      {"DropAndCreate", true, {drop, R"({"create": "orders"})"}},
      {"DropAndInsert",
       true,
       {drop,
        R"({"insert": "orders", "documents": [{"_id": 5, "new": true}, {"_id": 90000, "n": 1}]})"}},
      {"DropAndInsertTwice",
       true,
       {drop,
        R"({"insert": "orders", "documents": [{"_id": 5}, {"_id": 6}]})",
        drop,
        R"({"insert": "orders", "documents": [{"_id": 6}, {"_id": 7}]})"}},
      {"DropDatabaseAndInsert",
       true,
       {R"({"dropDatabase": 1})", R"({"insert": "orders", "documents": [{"_id": 5}]})"}},
  };
}

struct Case {
  Event event;
  Moment moment;
};

std::string name_of(Moment moment) {
  switch (moment) {
    case Moment::while_down:
      return "WhileDown";
    case Moment::inside_snapshot:
      return "InsideSnapshot";
    case Moment::inside_killed_snapshot:
      return "InsideKilledSnapshot";
    case Moment::while_streaming:
      return "WhileStreaming";
  }
  return "";
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Event& event : events()) {
    for (const Moment moment : {Moment::while_down,
                                Moment::inside_snapshot,
                                Moment::inside_killed_snapshot,
                                Moment::while_streaming})
      all.push_back({event, moment});
  }
  return all;
}

class CollectionEventsTest : public RealServersTest, public testing::WithParamInterface<Case> {
 protected:
  void fill(const std::string& collection, int first, int end) {
    std::vector<Bson> documents;
    for (int key = first; key < end; ++key) {
      documents.emplace_back(R"({"_id": )" + std::to_string(key) + R"(, "of": ")" + collection +
                             "\"}");
    }
    source_.insert_raw(collection, documents);
  }

  std::unique_ptr<RelayProcess> start_relay() const {
    return start_streaming({"--set", "snapshot.chunk_rows=50"});
  }

  // Some rows are in, and not all. The relay stands still when this returns.
  bool pause_inside_snapshot(RelayProcess& relay) {
    const bool is_copying = wait_until(kPatience, [&] {
      if (target_.cell("SELECT to_regclass('sales.orders')").empty()) return false;
      return target_.cell("SELECT EXISTS (SELECT FROM sales.orders)") == "t";
    });
    relay.pause();
    return is_copying && row_count() != std::to_string(kDocuments);
  }

  void happen(const Event& event) {
    for (std::string command : event.commands) {
      for (std::size_t at = command.find("DB"); at != std::string::npos; at = command.find("DB"))
        command.replace(at, 2, database());
      const bool is_rename = command.find("renameCollection") != std::string::npos;
      source_.run_on(is_rename ? "admin" : database(), command);
    }
  }

  // Returns the relay that runs now.
  std::unique_ptr<RelayProcess> let_happen(const Case& test) {
    std::unique_ptr<RelayProcess> relay = start_relay();
    switch (test.moment) {
      case Moment::while_down:
        EXPECT_TRUE(wait_until_copied()) << relay->log();
        relay->terminate();
        EXPECT_EQ(relay->wait(), 0) << relay->log();
        happen(test.event);
        return start_relay();
      case Moment::inside_snapshot:
        EXPECT_TRUE(pause_inside_snapshot(*relay)) << relay->log();
        happen(test.event);
        relay->resume();
        return relay;
      case Moment::inside_killed_snapshot:
        EXPECT_TRUE(pause_inside_snapshot(*relay)) << relay->log();
        relay->kill();
        happen(test.event);
        return start_relay();
      case Moment::while_streaming:
        EXPECT_TRUE(wait_until_copied()) << relay->log();
        happen(test.event);
        return relay;
    }
    return relay;
  }
};

TEST_P(CollectionEventsTest, EndsWithTheTableEqual) {
  const Case& test = GetParam();
  fill("orders", 0, kDocuments);
  fill("other", kOthersFirst, kOthersFirst + kOthers);
  const std::unique_ptr<RelayProcess> relay = let_happen(test);
  if (test.event.leaves_a_collection) {
    EXPECT_TRUE(wait_until_equal()) << relay->log();
  } else {
    EXPECT_TRUE(wait_until(kPatience, [&] {
      return target_.cell("SELECT min(state) || max(state) FROM relay.snapshot") ==
             "droppeddropped";
    })) << relay->log();
    EXPECT_NE(row_count(), "0") << "its rows stay";
  }
  fill("orders", 100'000, 100'010);
  source_.remove("orders", R"({"_id": 100001})");
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(wait_until_copied()) << relay->log();
  EXPECT_TRUE(orders_are_equal()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

INSTANTIATE_TEST_SUITE_P(Every,
                         CollectionEventsTest,
                         testing::ValuesIn(cases()),
                         [](const auto& test) {
                           return test.param.event.name + name_of(test.param.moment);
                         });

}  // namespace
}  // namespace relay
