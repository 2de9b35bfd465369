#include "e2e/collection_events.h"

#include "e2e/copy_gate.h"
#include "support/wait_until.h"

namespace relay {
namespace {

constexpr int kOthers = 700;  // Documents of the collection that takes the place; other keys.
constexpr int kOthersFirst = 2'500;

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

}  // namespace

std::vector<CollectionEvent> collection_events() {
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

std::string name_of(const CollectionEventCase& test) {
  return test.event.name + name_of(test.moment);
}

void CollectionEventTest::set_policy(const std::string& policy) {
  write_file(directory_.path() / "relay.toml",
             "source.uri = \"" + mongo().uri() + "\"\ntarget.uri = \"" + target_uri() +
                 "\"\nsnapshot.chunk_rows = 50\n[[table]]\nfrom = \"" + database() +
                 ".orders\"\nto = \"sales.orders\"\non_drop = \"" + policy + "\"\n");
}

void CollectionEventTest::fill(const std::string& collection, int first, int end) {
  std::vector<Bson> documents;
  for (int key = first; key < end; ++key) {
    documents.emplace_back(R"({"_id": )" + std::to_string(key) + R"(, "of": ")" + collection +
                           "\"}");
  }
  source_.insert_raw(collection, documents);
}

void CollectionEventTest::fill_all() {
  fill("orders", 0, kDocuments);
  fill("other", kOthersFirst, kOthersFirst + kOthers);
}

std::unique_ptr<RelayProcess> CollectionEventTest::start_relay() const {
  std::unique_ptr<RelayProcess> relay = start({"--config", "relay.toml", "cdc-relay"});
  EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  return relay;
}

void CollectionEventTest::happen(const CollectionEvent& event) {
  for (std::string command : event.commands) {
    for (std::size_t at = command.find("DB"); at != std::string::npos; at = command.find("DB"))
      command.replace(at, 2, database());
    const bool is_rename = command.find("renameCollection") != std::string::npos;
    source_.run_on(is_rename ? "admin" : database(), command);
  }
}

// Some rows are in, and not all, and the relay stands still.
std::unique_ptr<RelayProcess> CollectionEventTest::let_happen_inside_snapshot(
    const CollectionEventCase& test) {
  CopyGate gate(target_, target_uri_as("postgres"), std::to_string(kDocuments / 2));
  std::unique_ptr<RelayProcess> relay = start_relay();
  EXPECT_TRUE(gate.wait_until_held()) << relay->log();
  if (test.moment == Moment::inside_killed_snapshot) {
    relay->kill();
  } else {
    relay->pause();
  }
  EXPECT_EQ(row_count(), std::to_string(kDocuments / 2));
  happen(test.event);
  gate.open();
  if (test.moment == Moment::inside_killed_snapshot) return start_relay();
  relay->resume();
  return relay;
}

std::unique_ptr<RelayProcess> CollectionEventTest::let_happen(const CollectionEventCase& test) {
  if (test.moment == Moment::inside_snapshot || test.moment == Moment::inside_killed_snapshot)
    return let_happen_inside_snapshot(test);
  std::unique_ptr<RelayProcess> relay = start_relay();
  EXPECT_TRUE(wait_until_copied()) << relay->log();
  if (test.moment == Moment::while_streaming) {
    happen(test.event);
    return relay;
  }
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  happen(test.event);
  return start_relay();
}

}  // namespace relay
