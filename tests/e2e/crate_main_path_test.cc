// The whole program with CrateDB as its target.
#include <algorithm>
#include <iterator>

#include <gtest/gtest.h>

#include "e2e/crate_fixture.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class CrateMainPathTest : public CrateRelayTest {};

TEST_F(CrateMainPathTest, ASnapshotAndEveryKindOfWriteArrive) {
  insert(0, 500);
  const auto relay = start_crate();
  ASSERT_TRUE(wait_until_whole()) << relay->log();
  insert(500, 600);
  source_.update(
      "orders", R"({"_id": {"$lt": 50}})", R"({"$set": {"customer.address.city": "x"}})");
  source_.update("orders",
                 R"({"_id": {"$lt": 60}})",
                 R"({"$push": {"customer.tags": {"k": [1, {"deep": null}]}}})");
  source_.replace("orders", R"({"_id": 100})", R"({"only": {"this": [true]}})");
  source_.remove("orders", R"({"_id": {"$gte": 150, "$lt": 180}})");
  EXPECT_TRUE(wait_until_whole()) << relay->log();
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "570");
  EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter"), "0");
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

// Each of these CrateDB would change, refuse or drop without a word.
TEST_F(CrateMainPathTest, NoValueChangesInSilence) {
  const auto relay = start_crate();
  for (const char* document : {
           R"({"_id": 1, "n": 5, "t": "x", "d": {"a": 1}})",
           R"({"_id": 2, "n": 3.9, "t": {"x": 1}, "d": "text"})",
           R"({"_id": 3, "n": {"$numberLong": "9223372036854775807"}, "t": 5})",
           R"({"_id": 4, "mixed": [1, "a"], "deep": [[1], ["a"]], "objects": [{"a": 1}, 2]})",
           R"({"_id": 5, "a.b": 1, "a[b": 2, "it's": 3})",
           R"({"_id": 6, "z": {"$numberDouble": "-0.0"}, "i": {"$numberDouble": "Infinity"}})",
           R"({"_id": 7, "l": [1, 2.5], "m": {"$numberDecimal": "1.10"}})",
           R"({"_id": "eight", "l": [], "e": {}, "u": null})",
           R"({"_id": {"$oid": "507f191e810c19729de860ea"}, "l": ["x"], "e": 1, "u": [1]})",
       })
    source_.insert("orders", document);
  source_.insert("orders", R"({"_id": 9, "long": ")" + std::string(40'000, 'x') + "\"}");
  EXPECT_TRUE(wait_until_whole()) << relay->log();
  EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter"), "0");
  // After a restart the types of the table are read back.
  relay->kill();
  source_.insert("orders", R"({"_id": 10, "n": 7.5, "t": true, "l": [2]})");
  const auto again = start_crate();
  EXPECT_TRUE(wait_until_whole()) << again->log();
}

TEST_F(CrateMainPathTest, AStoredPositionIsMovedAndForgotten) {
  insert(0, 20);
  ASSERT_EQ(run(crate_command({"--once"})).exit_code, 0);
  const auto checkpoint = [this](Arguments words) {
    words.insert(words.begin(), "checkpoint");
    words.insert(words.end(), {"--target", crate_uri()});
    return run(words);
  };
  crate_.run("DELETE FROM sales.orders WHERE oid = '3'");
  ASSERT_EQ(run(crate_command({"--once"})).exit_code, 0);
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "19");
  const Ended set = checkpoint({"set", begin_, "--yes"});
  EXPECT_EQ(set.exit_code, 0) << set.log;
  ASSERT_EQ(run(crate_command({"--once"})).exit_code, 0);
  EXPECT_TRUE(is_whole()) << "events since then came again";

  crate_.run("DELETE FROM sales.orders WHERE oid = '4'");
  const Ended reset = checkpoint({"reset", "--yes"});
  EXPECT_EQ(reset.exit_code, 0) << reset.log;
  const Ended shown = checkpoint({"show"});
  EXPECT_NE(shown.log.find("state file  nothing stored"), std::string::npos) << shown.log;
  EXPECT_NE(shown.log.find("target      nothing stored"), std::string::npos) << shown.log;
  EXPECT_EQ(look("SELECT count(*) FROM relay.snapshot"), "0");
  ASSERT_EQ(run(crate_command({"--once"})).exit_code, 0);
  EXPECT_TRUE(is_whole()) << "everything was copied";

  const auto relay = start_crate();
  EXPECT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  EXPECT_EQ(checkpoint({"reset", "--yes"}).exit_code, 7);
}

// CrateDB keeps the old objects of rows that stand behind one with a new field in a statement.
TEST_F(CrateMainPathTest, ANewFieldAmongManyUpdatesDoesNotHideThem) {
  insert(0, 300);
  ASSERT_EQ(run(crate_command({"--once"})).exit_code, 0);
  source_.update("orders", "{}", R"({"$set": {"number": 5}, "$unset": {"customer": 1}})");
  source_.update("orders", R"({"_id": {"$in": [3, 150]}})", R"({"$set": {"late": {"a": 1}}})");
  source_.update("orders", R"({"_id": 151})", R"({"$set": {"later": null}})");
  const Ended second = run(crate_command({"--once"}));
  ASSERT_EQ(second.exit_code, 0) << second.log;
  EXPECT_TRUE(is_whole());
}

// Under both names, before anything is written.
TEST_F(CrateMainPathTest, StandbyRelaysAreRefused) {
  for (const std::string scheme : {"crate", "postgresql"}) {
    Arguments arguments = crate_command({"--set", "ha.enabled=true"});
    *std::next(std::ranges::find(arguments, "--target")) = crate_uri(scheme);
    const Ended refused = run(arguments);
    EXPECT_EQ(refused.exit_code, 2) << refused.log;
    EXPECT_NE(refused.complaint.find("ha.enabled with CrateDB is not in this version yet"),
              std::string::npos)
        << refused.complaint;
  }
}

// `--once` takes the snapshot and ends; the next run goes on behind it.
TEST_F(CrateMainPathTest, OneTimeRunsGoOnWhereTheLastEnded) {
  insert(0, 50);
  const Ended first = run(crate_command({"--once"}));
  ASSERT_EQ(first.exit_code, 0) << first.log;
  EXPECT_TRUE(is_whole());
  insert(50, 60);
  source_.remove("orders", R"({"_id": 7})");
  const Ended second = run(crate_command({"--once"}));
  ASSERT_EQ(second.exit_code, 0) << second.log;
  EXPECT_NE(second.log.find("stored in the target"), std::string::npos) << second.log;
  EXPECT_TRUE(is_whole());
}

// Waiting would not bring it back. The next start makes it again, and has all documents in it.
TEST_F(CrateMainPathTest, ATableThatIsDroppedIsWholeAfterTheNextStart) {
  insert(0, 50);
  const Ended first = run(crate_command({"--once"}));
  ASSERT_EQ(first.exit_code, 0) << first.log;
  crate_.run("DROP TABLE sales.orders");
  insert(50);
  const Ended second = run(crate_command({"--once"}));
  ASSERT_EQ(second.exit_code, 0) << second.log;
  EXPECT_TRUE(is_whole());
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "51");
}

// Columns, a filter, a default, what is cut out, marks: all at once, with the log of it beside.
TEST_F(CrateMainPathTest, ATypedTableAndItsLogArrive) {
  write_file(directory_.path() / "relay.toml",
             "[ha]\nlease = \"1s\"\n[[table]]\nfrom = \"" + database() +
                 R"toml(.orders"
to = "sales.orders"
on_delete = "mark"
exclude = ["secret"]
where = [ { path = "n", op = ">=", value = 0 } ]
columns = [
  { name = "id", path = "_id", type = "bigint", key = true },
  { name = "total", path = "total", type = "numeric(18,2)" },
  { name = "city", path = "address.city", type = "text", default = "n/a" },
  { name = "tags", path = "tags", type = "text[]" },
]
[[table]]
from = ")toml" + database() +
                 R"toml(.orders"
to = "sales.log"
mode = "append"
exclude = ["secret"]
)toml");
  const auto relay = start({"--config",
                            "relay.toml",
                            "cdc-relay",
                            "--source",
                            mongo().uri(),
                            "--target",
                            crate_uri("postgresql")});
  // The tables are there then.
  ASSERT_TRUE(relay->wait_for_log("stream opened")) << relay->log();
  source_.insert(
      "orders",
      R"({"_id": 1, "n": 1, "total": {"$numberDecimal": "7.25"}, "secret": 1, "tags": ["a", null]})");
  source_.insert("orders", R"({"_id": 2, "n": -1})");
  source_.insert("orders",
                 R"({"_id": 3, "n": 3, "total": 1.234, "address": {"city": "x", "zip": 1}})");
  source_.update("orders", R"({"_id": 3})", R"({"$set": {"n": 4}})");
  // A document that comes and goes within a batch leaves no row to mark.
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return look("SELECT count(*) FROM sales.orders WHERE id = 1") == "1";
  })) << relay->log();
  source_.remove("orders", R"({"_id": 1})");
  source_.update("orders", R"({"_id": 3})", R"({"$set": {"n": -4}})");
  source_.update("orders", R"({"_id": 3})", R"({"$set": {"n": 5}})");
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return look("SELECT count(*) FROM sales.log WHERE operation <> 'snapshot'") == "7";
  })) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "2");
  EXPECT_EQ(look("SELECT id || ' ' || total || ' ' || city || ' ' || tags[1] FROM sales.orders "
                 "WHERE deleted_at IS NOT NULL"),
            "1 7.25 n/a a");
  EXPECT_EQ(look("SELECT id || ' ' || city || ' ' || coalesce(total, 0) FROM sales.orders WHERE "
                 "deleted_at IS NULL"),
            "3 x 0");
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders WHERE data['total'] IS NOT NULL AND "
                 "data['n'] IS NOT NULL AND data['address'] IS NOT NULL AND data['id'] IS NULL"),
            "1");
  EXPECT_EQ(look("SELECT count(*) FROM sales.log WHERE document['secret'] IS NOT NULL"), "0");
  EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter"), "0");
}

TEST_F(CrateMainPathTest, ACollectionThatIsReplacedEndsEqual) {
  const auto relay = start_crate();
  insert(0, 20);
  ASSERT_TRUE(wait_until_whole()) << relay->log();
  source_.insert("other", R"({"_id": 100, "n": 1})");
  source_.run_on("admin",
                 R"({"renameCollection": ")" + database() + R"(.other", "to": ")" + database() +
                     R"(.orders", "dropTarget": true})");
  EXPECT_TRUE(wait_until_whole()) << relay->log();
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "1");
}

}  // namespace
}  // namespace relay
