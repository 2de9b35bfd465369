// evolve = "add" with CrateDB: fields that appear while the relay runs get columns, none of their
// values changes in silence, and nothing of it is kept but the table and relay.added_column.
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "crate_double/column_check.h"
#include "crate_double/document_check.h"
#include "decode/object_documents.h"
#include "e2e/crate_fixture.h"
#include "e2e/expected_row.h"
#include "plan/crate_types.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using Json = nlohmann::json;

class CrateEvolveTest : public CrateRelayTest {
 protected:
  explicit CrateEvolveTest(Use use = Use::writes) : CrateRelayTest(use) {
    crate_.run("DROP TABLE IF EXISTS sales.users");
  }

  // `cdc-relay` from the beginning of this test on.
  Arguments grow_command(const Arguments& more = {}, const std::string& collection = "orders") {
    write_file(directory_.path() / "relay.toml",
               "[ha]\nlease = \"1s\"\n[stream]\nstart = \"" + begin_ + "\"\n[[table]]\nfrom = \"" +
                   database() + "." + collection + "\"\nto = \"sales." + collection +
                   "\"\nevolve = \"add\"\n");
    Arguments all{"--config",
                  "relay.toml",
                  "cdc-relay",
                  "--source",
                  mongo().uri(),
                  "--target",
                  crate_uri("postgresql")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void grow_once() {
    const Ended ended = run(grow_command({"--once"}));
    ASSERT_EQ(ended.exit_code, 0) << ended.log;
  }

  // "city text, ...": of the table itself, in their order.
  std::string columns(const std::string& table = "orders") {
    std::string all;
    for (const Cells& row : crate_.rows(
             "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = "
             "'sales' AND table_name = '" +
             table + "' ORDER BY ordinal_position")) {
      if (row.at(0)->find('[') == std::string::npos)
        all += (all.empty() ? "" : ", ") + *row.at(0) + " " + *row.at(1);
    }
    return all;
  }
  // Of everything that was written so far.
  std::string cell(const std::string& expression, const std::string& key) {
    return look("SELECT " + expression + " FROM sales.orders WHERE oid = '" + key + "'");
  }
  bool wait_for(const std::string& key) {
    return wait_until(kPatience, [&] { return !columns().empty() && cell("oid", key) == key; });
  }
  std::string letter_count() { return look("SELECT count(*) FROM relay.dead_letter"); }

  // The columns that the relay says it has added.
  std::vector<ColumnMapping> added_columns(const std::string& collection) {
    std::vector<ColumnMapping> added;
    for (const Cells& row :
         crate_.rows("SELECT col, field, type FROM relay.added_column WHERE tbl = 'sales." +
                     collection + "'")) {
      const auto type = parse_catalogue_type(*row.at(2));
      EXPECT_TRUE(type) << *row.at(2);
      if (type) added.push_back({.name = *row.at(0), .path = {*row.at(1)}, .type = *type});
    }
    return added;
  }
  std::map<std::string, Cells> rows(const std::string& collection,
                                    const std::vector<ColumnMapping>& added) {
    std::string names = "oid, data, overflow";
    for (const ColumnMapping& column : added)
      names += ", \"" + column.name + "\"";
    std::map<std::string, Cells> found;
    for (Cells& row : crate_.rows("SELECT " + names + " FROM sales." + collection))
      found[row.at(0).value_or("")] = std::move(row);
    return found;
  }
  // "": the row is the document, each value of it in one place.
  static std::string judge(const Json& document,
                           const Cells& row,
                           const std::vector<ColumnMapping>& added) {
    Json rest = document;
    rest.erase("_id");
    for (std::size_t i = 0; i < added.size(); ++i) {
      const std::string problem = take_column(added[i], row.at(i + 3), document, rest);
      if (!problem.empty()) return added[i].name + ": " + problem;
    }
    return find_change(rest,
                       Json::parse(row.at(1).value_or("")),
                       row.at(2) ? Json::parse(*row.at(2)) : Json(nullptr));
  }
  testing::AssertionResult is_grown_whole(const std::string& collection = "orders") {
    const std::vector<ColumnMapping> added = added_columns(collection);
    const std::map<std::string, Cells> found = rows(collection, added);
    std::size_t count = 0;
    std::string problem;
    source_.visit_all(collection, [&](const Bson& document) {
      ++count;
      const std::string key = expected_key(*document.get());
      const auto row = found.find(key);
      const std::string what =
          row == found.end() ? " is missing"
                             : judge(Json::parse(document.canonical_text()), row->second, added);
      if (!what.empty()) problem = key + ": " + what;
    });
    if (!problem.empty()) return testing::AssertionFailure() << problem;
    if (found.size() != count)
      return testing::AssertionFailure() << found.size() << " rows, " << count << " documents";
    return testing::AssertionSuccess();
  }
};

TEST_F(CrateEvolveTest, AFieldGetsAColumnOfTheTypeOfItsFirstValue) {
  source_.insert("orders",
                 R"({"_id": 1, "t": "x", "b": true, "i": 1, "d": 1.5, "o": {"a": 1}, "l": [1],
                     "at": {"$date": "2024-07-11T23:17:42.907Z"}, "n": null})");
  grow_once();
  EXPECT_EQ(columns(),
            "oid text, data object, overflow text, t text, b boolean, i bigint, d double "
            "precision, o object, at timestamp with time zone");
  EXPECT_TRUE(is_grown_whole());
  EXPECT_EQ(cell("count(o['a']) || ' ' || sum(i) || ' ' || max(t)", "1"), "1 1 x");
  EXPECT_EQ(cell("count(data['l'])", "1"), "1") << "a list has no column";
  EXPECT_EQ(cell("overflow", "1"), "");
}

TEST_F(CrateEvolveTest, LaterMisfitsStayInTheJsonColumns) {
  const auto relay = start(grow_command());
  source_.insert("orders", R"({"_id": 1, "n": 5, "o": {"a": 1}})");
  ASSERT_TRUE(wait_for("1")) << relay->log();
  source_.insert("orders", R"({"_id": 2, "n": "five", "o": 5})");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"n": {"$numberLong": "7"}}})");
  source_.insert("orders", R"({"_id": 3, "n": 5.5, "o": {"a": 1.5}})");
  ASSERT_TRUE(wait_for("3")) << relay->log();
  EXPECT_EQ(columns(), "oid text, data object, overflow text, n bigint, o object");
  EXPECT_TRUE(is_grown_whole());
  EXPECT_EQ(cell("n", "1"), "7");
  EXPECT_EQ(cell("n", "2"), "");
  EXPECT_EQ(letter_count(), "0");
}

// Else a field that goes away after a restart would stay in its column.
TEST_F(CrateEvolveTest, ARestartKnowsWhoseTheColumnsAre) {
  const std::string longest(100, 'n');
  const std::string names = R"(, "data": 1, "overflow": 2, "_id2": 3, "_version": 4, "a.b": 5,
      "x[1]": 6, "say \"hi\"": 7, "it's": 8, ")" +
                            longest + R"(": 9)";
  source_.insert("orders", R"({"_id": 1, "city": "Bern")" + names + "}");
  source_.insert("orders", R"({"_id": 2, "city": "Chur")" + names + "}");
  grow_once();
  EXPECT_TRUE(is_grown_whole());
  const std::string before = columns();
  source_.replace("orders", R"({"_id": 1})", R"({"other": true})");
  source_.update("orders", R"({"_id": 2})", R"({"$set": {"city": "Uri"}})");
  for (const auto& file : std::filesystem::directory_iterator(directory_.path()))
    std::filesystem::remove_all(file.path());
  grow_once();
  EXPECT_EQ(columns(), before + ", other boolean");
  EXPECT_TRUE(is_grown_whole());
  EXPECT_EQ(cell("count(city) || ' ' || count(other)", "1"), "0 1");
  EXPECT_EQ(added_columns("orders").size(), 8U) << "city, data, overflow, _id2, _version, it's, "
                                                   "the longest, other";
}

TEST_F(CrateEvolveTest, ColumnsOfOthersAreNotTouched) {
  crate_.run(
      "CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data OBJECT(DYNAMIC), overflow TEXT INDEX "
      "OFF STORAGE WITH (columnstore = false), remark TEXT, total BIGINT, tags ARRAY(TEXT))");
  source_.insert("orders", R"({"_id": 1, "n": 1})");
  grow_once();
  crate_.run("UPDATE sales.orders SET remark = 'mine', total = 1");
  source_.update("orders", R"({"_id": 1})", R"({"$set": {"n": 2}})");
  source_.insert("orders", R"({"_id": 2, "total": 15, "tags": ["a"]})");
  source_.insert("orders", R"({"_id": 3, "total": 1.5, "tags": "b"})");
  grow_once();
  EXPECT_EQ(cell("remark", "1"), "mine") << "no field of that name has come";
  EXPECT_EQ(cell("n", "1"), "2");
  EXPECT_EQ(cell("total", "2"), "15") << "taken where it fits";
  EXPECT_EQ(cell("coalesce(total, 0) || coalesce(tags[1], '-')", "3"), "0-");
  EXPECT_EQ(added_columns("orders").size(), 3U) << "n, total, tags under a name of its own";
}

// Whatever the documents are like, and also where types have to be read back.
TEST_F(CrateEvolveTest, RandomDocumentsGrowTheTableAndNoneChanges) {
  ObjectDocuments generator(seed_);
  for (int round = 0; round < 3; ++round) {
    std::vector<Bson> documents;
    for (int id = 0; id < 200; ++id) {
      Bson document(R"({"_id": )" + std::to_string(id) + "}");
      const Bytes fields = generator.document(0).bytes();
      bson_t view;
      ASSERT_TRUE(bson_init_static(&view, fields.data(), fields.size()));
      bson_concat(document.get(), &view);
      documents.push_back(std::move(document));
    }
    source_.remove("orders", "{}");
    source_.insert_raw("orders", documents);
    const Ended ended = run(grow_command({"--once", "--set", "target.batch_rows=20"}));
    ASSERT_EQ(ended.exit_code, 0) << ended.log;
    ASSERT_TRUE(is_grown_whole()) << "round " << round;
    EXPECT_EQ(letter_count(), "0");
  }
}

// Of documents whose field names are data: the table stays within what CrateDB takes.
TEST_F(CrateEvolveTest, ATableThatIsFullGetsNoMoreColumns) {
  for (int id = 0; id < 120; ++id) {
    std::string document = R"({"_id": )" + std::to_string(id);
    for (int field = 0; field < 10; ++field) {
      const std::string name = std::to_string(id * 10 + field);
      document += R"(, "f)" + name + R"(": {"x)" + name + R"(": 1})";
    }
    source_.insert("orders", document + "}");
  }
  const Ended ended = run(grow_command({"--once", "--set", "target.batch_rows=20"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.log;
  EXPECT_TRUE(is_grown_whole());
  EXPECT_EQ(letter_count(), "0");
  const std::string count = crate_.cell(
      "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'sales' AND "
      "table_name = 'orders'");
  EXPECT_LE(std::stoi(count), 950);
  EXPECT_GT(std::stoi(count), 900);
}

TEST_F(CrateEvolveTest, ADocumentThatCannotBeARowIsALetterAndTheOthersAreRows) {
  source_.insert("orders", R"({"_id": 1, "city": "Bern"})");
  source_.insert("orders", R"({"_id": ")" + std::string(3'000, 'k') + R"(", "land": "x"})");
  source_.insert("orders", R"({"_id": 2, "city": "Chur", "n": 1})");
  grow_once();
  EXPECT_EQ(letter_count(), "1");
  EXPECT_EQ(columns(), "oid text, data object, overflow text, city text, n bigint");
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders WHERE city IS NOT NULL"), "2");
}

// Rows that were there before evolve = "add" have the fields in data; the log says what moves them.
TEST_F(CrateEvolveTest, EarlierRowsAreFilledByASnapshot) {
  source_.insert("orders", R"({"_id": 1, "city": "Bern"})");
  const Ended plain = run(crate_command({"--once"}));
  ASSERT_EQ(plain.exit_code, 0) << plain.log;
  const auto relay = start(grow_command({"--set", "http.listen=127.0.0.1:0"}));
  source_.insert("orders", R"({"_id": 2, "city": "Chur"})");
  ASSERT_TRUE(wait_for("2")) << relay->log();
  EXPECT_TRUE(relay->wait_for_log("fill=\"relay snapshot sales.orders\"")) << relay->log();
  EXPECT_EQ(cell("count(city) || ' ' || count(data['city'])", "1"), "0 1");
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  crate_.run("REFRESH TABLE relay.snapshot");
  crate_.run("DELETE FROM relay.snapshot");
  const Ended again = run(grow_command({"--once", "--set", "stream.start=snapshot"}));
  ASSERT_EQ(again.exit_code, 0) << again.log;
  EXPECT_TRUE(is_grown_whole());
  EXPECT_EQ(cell("city", "1"), "Bern");
}

class CrateEvolveKillsTest : public CrateEvolveTest {
 protected:
  CrateEvolveKillsTest() : CrateEvolveTest(Use::kills) {}

  // Grows with every batch; "": no table, or no server.
  std::string safe_count() {
    try {
      if (columns("users").empty()) return "";
      return look("SELECT count(*) FROM sales.users");
    } catch (const std::exception&) {
      return "";
    }
  }
  std::unique_ptr<RelayProcess> start_workload() {
    return start({"db-workload",
                  "--source",
                  mongo().uri(),
                  "--db",
                  database(),
                  "--profile",
                  "users",
                  "--ops",
                  "4000",
                  "--rate",
                  "500"});
  }
  void expect_whole_in_the_end() {
    const Ended ended = run(grow_command({"--once"}, "users"));
    ASSERT_EQ(ended.exit_code, 0) << ended.log;
    EXPECT_TRUE(is_grown_whole("users"));
    EXPECT_NE(columns("users").find("newsletter object"), std::string::npos) << columns("users");
    EXPECT_EQ(letter_count(), "0");
  }
};

// The workload's people get a field half-way. Every kill falls anywhere, also between the column,
// the note of it and the rows that need it.
TEST_F(CrateEvolveKillsTest, TheRelayMayDieAtAnyMoment) {
  const auto workload = start_workload();
  while (workload->is_running()) {
    const auto relay = start(grow_command({"--set", "target.batch_rows=50"}, "users"));
    const std::string before = safe_count();
    wait_until(kPatience, [&] { return safe_count() != before || !workload->is_running(); });
    pass_time(std::chrono::milliseconds(300));
    relay->kill();
  }
  EXPECT_EQ(workload->wait(), 0) << workload->log();
  expect_whole_in_the_end();
}

// Behind ADD COLUMN, where a trap can be set; elsewhere anywhere.
TEST_F(CrateEvolveKillsTest, TheServerMayDieBehindAColumn) {
  const auto workload = start_workload();
  const auto relay = start(grow_command({"--set", "target.batch_rows=50"}, "users"));
  int deaths = 0;
  while (workload->is_running()) {
    if (is_real_) {
      pass_time(std::chrono::milliseconds(2'000));
      kill_crate();
    } else {
      double_.set_traps([](CrateTraps& traps) { traps.dies_after_alter = true; });
      if (!wait_until(kPatience, [&] { return double_.is_dead() || !workload->is_running(); }))
        break;
      if (!double_.is_dead()) break;
    }
    ++deaths;
    restart_crate();
    crate_.reconnect();
  }
  EXPECT_EQ(workload->wait(), 0) << workload->log();
  double_.set_traps([](CrateTraps& traps) { traps.dies_after_alter = false; });
  EXPECT_GT(deaths, 0);
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  expect_whole_in_the_end();
}

}  // namespace
}  // namespace relay
