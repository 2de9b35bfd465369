// relay verify: both sides compared while they are written to.
#include <gtest/gtest.h>

#include "e2e/verify_fixture.h"
#include "e2e/version_writers.h"

namespace relay {
namespace {

using Lines = std::set<std::string>;

TEST_F(VerifyTest, EveryKindOfDifferenceIsFoundByItsKey) {
  const auto relay = start_tables("");
  insert(0, 200);
  source_.insert("orders", R"({"_id": "Zo\u00eb", "a": 1})");
  ASSERT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(is_equal_result(verify()));

  target_.run("DELETE FROM sales.orders WHERE oid IN ('7', 'Zo\u00eb')");
  target_.run("INSERT INTO sales.orders VALUES ('stranger', '{\"_id\": \"stranger\"}')");
  target_.run(
      "UPDATE sales.orders SET data = jsonb_set(data, '{customer,address,lines,1}', '\"c\"') "
      "WHERE oid = '11'");
  const Verified verified = verify();
  EXPECT_EQ(verified.exit_code, 6);
  EXPECT_EQ(verified.differences,
            (Lines{"missing sales.orders 7",
                   "missing sales.orders Zo\u00eb",
                   "extra sales.orders stranger",
                   "differs sales.orders 11"}));
  EXPECT_TRUE(has_part(verified.text,
                       "sales.orders documents=201 rows=200 differences=4 missing=2 extra=1 "
                       "differs=1"));
  EXPECT_TRUE(has_part(verified.text, "error: verify: 4 differences"));
  EXPECT_EQ(verify({"--limit", "1"}).differences.size(), 1U);
  EXPECT_TRUE(relay->is_running()) << relay->log();
}

TEST_F(VerifyTest, TheResultIsOneJsonDocument) {
  ASSERT_EQ(run_once("").exit_code, 0);
  insert(1, 4);
  const Finished finished = finish({"--config", "relay.toml", "verify", "--json"});
  EXPECT_EQ(finished.exit_code, 6);
  const Bson json(finished.stdout_text);
  EXPECT_EQ(json.number("tables.0.missing"), 3);
  EXPECT_EQ(json.number("tables.0.rows"), 0);
  EXPECT_TRUE(has_part(finished.stdout_text, R"({"kind":"missing","key":"2"})"));
  EXPECT_TRUE(has_part(finished.stdout_text, R"("relay":"none")"));
  EXPECT_TRUE(has_part(finished.stdout_text, R"({"equal":false,)"));
}

// The keys change while they are read on both sides: each look finds the sides apart.
TEST_F(VerifyTest, WhatIsOnItsWayIsNoDifference) {
  const auto relay = start_tables("");
  insert(100'000, 100'500);
  VersionWriters writers({.uri = mongo().uri(), .database = database(), .collection = "orders"});
  ASSERT_TRUE(wait_for_row("100499")) << relay->log();
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(is_equal_result(verify())) << i;
  target_.run("DELETE FROM sales.orders WHERE oid = '100007'");
  target_.run("UPDATE sales.orders SET data = data - 'total' WHERE oid = '100008'");
  const std::uint64_t before = writers.write_count();
  const Verified verified = verify();
  EXPECT_EQ(verified.exit_code, 6) << verified.text;
  EXPECT_EQ(verified.differences,
            (Lines{"missing sales.orders 100007", "differs sales.orders 100008"}));
  EXPECT_GT(writers.write_count(), before);
  writers.stop();
  EXPECT_EQ(writers.failure_count(), 0U);
}

TEST_F(VerifyTest, WithoutARelayBothSidesAreTakenAsTheyAre) {
  insert(0, 10);
  ASSERT_EQ(run_once("").exit_code, 0);
  const Verified equal = verify();
  EXPECT_TRUE(is_equal_result(equal));
  EXPECT_TRUE(has_part(equal.text, "note: no relay is running for stream default"));
  EXPECT_TRUE(has_part(finish({"--config", "relay.toml", "verify", "--json"}).stdout_text,
                       R"("equal":true,"not_compared":null,"relay":"none")"))
      << "nobody was followed, though nothing differs";
  source_.update("orders", R"({"_id": 3})", R"({"$set": {"number": 4711}})");
  EXPECT_EQ(verify().differences, Lines{"differs sales.orders 3"});
}

TEST_F(VerifyTest, ARelayThatStandsStillIsNotWaitedForForEver) {
  const auto relay = start_tables("");
  insert(0, 10);
  ASSERT_TRUE(wait_until_equal()) << relay->log();
  relay->pause();
  // The lease of a relay that is stopped ends; this one goes on.
  target_.run("UPDATE relay.checkpoint SET lease_until = now() + interval '1 hour'");
  source_.remove("orders", R"({"_id": 3})");
  const Verified verified = verify({"--wait", "500ms"});
  EXPECT_EQ(verified.differences, Lines{"extra sales.orders 3"});
  EXPECT_TRUE(has_part(verified.text, "note: the relay of stream default stands still"));
  relay->resume();
  EXPECT_TRUE(is_equal_result(verify()));
}

constexpr char kTyped[] = R"toml(
columns = [{ name = "id", path = "_id", type = "bigint", key = true },
           { name = "total", path = "total", type = "numeric(12,2)" },
           { name = "city", path = "customer.address.city", type = "text" },
           { name = "channel", path = "channel", type = "text", default = "web" },
           { name = "paid", path = "paid", type = "boolean" },
           { name = "session", path = "session", type = "uuid" },
           { name = "ratio", path = "tiny", type = "double precision" },
           { name = "tags", path = "tags", type = "text[]" },
           { name = "placed", path = "placed", type = "timestamp with time zone" }]
json = "extended"
on_delete = "mark"
exclude = ["photo"]
where = [{ path = "number", op = "<", value = 1000 }]
)toml";

TEST_F(VerifyTest, FiltersMarksTypesAndDefaultsAreThoseOfTheTable) {
  const auto relay = start_tables(kTyped);
  for (int key = 0; key < 50; ++key) {
    source_.insert_raw("orders", {make_order(key, key * 50)});
  }
  source_.insert("orders", R"({"_id": 100, "number": 1, "tags": ["a", null], "channel": "shop"})");
  ASSERT_TRUE(wait_for_id(100)) << relay->log();
  source_.remove("orders", R"({"_id": 5})");
  source_.insert("orders", R"({"_id": 101, "number": 1})");
  ASSERT_TRUE(wait_for_id(101)) << relay->log();
  EXPECT_TRUE(is_equal_result(verify()));
  target_.run("UPDATE sales.orders SET ratio = ratio + 1e-22 WHERE id = 1");
  target_.run("UPDATE sales.orders SET deleted_at = NULL WHERE id = 5");
  target_.run("UPDATE sales.orders SET deleted_at = now() WHERE id = 6");
  target_.run("UPDATE sales.orders SET tags = '{a}' WHERE id = 100");
  target_.run("INSERT INTO sales.orders (id, data) VALUES (30, '{}')");
  EXPECT_EQ(verify().differences,
            (Lines{"differs sales.orders 1",
                   "extra sales.orders 5",
                   "missing sales.orders 6",
                   "differs sales.orders 100",
                   "extra sales.orders 30"}));
}

TEST_F(VerifyTest, ColumnsThatTheRelayAddedAreCompared) {
  const auto relay = start_tables("evolve = \"add\"\n");
  source_.insert("orders", R"({"_id": 1, "a": 1})");
  source_.insert("orders", R"({"_id": 2, "a": "text", "b": true})");
  source_.insert("orders", R"({"_id": 3, "a": null, "c": {"x": 1}})");
  ASSERT_TRUE(wait_for_row("3")) << relay->log();
  EXPECT_TRUE(is_equal_result(verify()));
  target_.run("UPDATE sales.orders SET b = false WHERE oid = '2'");
  EXPECT_EQ(verify().differences, Lines{"differs sales.orders 2"});
}

// An open letter says why a row is not its document's.
TEST_F(VerifyTest, DeadLettersAreCountedAndNoDifference) {
  Bson twice;
  bson_append_utf8(twice.get(), "_id", -1, "twice", -1);
  bson_append_int32(twice.get(), "a", -1, 1);
  bson_append_int32(twice.get(), "a", -1, 2);
  source_.insert("orders", R"({"_id": "fine"})");
  source_.insert_raw("orders", {twice});
  ASSERT_EQ(run_once("").exit_code, 0);
  const Verified verified = verify();
  EXPECT_TRUE(is_equal_result(verified));
  EXPECT_TRUE(has_part(verified.text, "documents=2 rows=1 differences=0 dead_letters=1"));
  target_.run("UPDATE relay.dead_letter SET closed_at = now()");
  EXPECT_TRUE(is_equal_result(verify())) << "somebody has discarded it";
  target_.run("DELETE FROM relay.dead_letter");
  EXPECT_EQ(verify().differences, Lines{"missing sales.orders twice"});
}

TEST_F(VerifyTest, TablesOfPatternsAreFoundAndChosen) {
  write_file(directory_.path() / "relay.toml",
             "[source]\nuri = \"" + mongo().uri() + "\"\n[target]\nuri = \"" + target_uri() +
                 "\"\n[stream]\nstart = \"" + begin_ + "\"\n[[table]]\nfrom = \"" + database() +
                 ".*\"\nto = \"sales.{collection}\"\n[[table]]\nfrom = \"" + database() +
                 ".orders\"\nto = \"log.orders\"\nmode = \"append\"\n");
  source_.insert("orders", R"({"_id": 1})");
  source_.insert("others", R"({"_id": 1})");
  ASSERT_EQ(run({"--config", "relay.toml", "cdc-relay", "--once"}).exit_code, 0);
  target_.run("DELETE FROM sales.others");
  const Verified all = verify();
  EXPECT_EQ(all.differences, Lines{"missing sales.others 1"});
  EXPECT_TRUE(has_part(all.text, "log.orders not compared: a log of events"));
  EXPECT_TRUE(is_equal_result(verify({"--table", "sales.orders"})));
  EXPECT_EQ(verify({"--table", database() + ".others"}).exit_code, 6);
  const Verified unknown = verify({"--table", "sales.nothing"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_TRUE(has_part(unknown.text, "try: one of: log.orders, sales.orders, sales.others"));
}

TEST_F(VerifyTest, RowsOfADroppedCollectionMayStay) {
  const auto relay = start_tables("");
  insert(0, 3);
  ASSERT_TRUE(wait_until_equal()) << relay->log();
  source_.run(R"({"drop": "orders"})");
  const Verified kept = verify();
  EXPECT_EQ(kept.exit_code, 0) << kept.text;
  EXPECT_TRUE(has_part(kept.text, "on_drop = \"keep\" leaves its rows"));
  source_.insert("orders", R"({"_id": 9})");
  const Verified replaced = verify();
  EXPECT_TRUE(is_equal_result(replaced)) << relay->log();
}

TEST_F(VerifyTest, MistakesAndServersThatAreAwayAreExplained) {
  insert(1);
  const Arguments sides{"verify", "--source", mongo().uri(), "--target", target_uri()};
  const auto with = [&](const Arguments& more) {
    Arguments all = sides;
    all.insert(all.end(), more.begin(), more.end());
    return call(all);
  };
  const Verified missing = with({"--table", database() + ".orders=sales.orders"});
  EXPECT_EQ(missing.exit_code, 4) << missing.text;
  EXPECT_TRUE(has_part(missing.text, "error: compare table sales.orders: there is no such table"));
  EXPECT_TRUE(has_part(missing.text, "try: "));
  EXPECT_EQ(with({}).exit_code, 2);
  EXPECT_EQ(with({"--table", database() + ".orders", "--wait", "long"}).exit_code, 2);

  target_.run("CREATE SCHEMA sales; CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data TEXT)");
  const Verified other = with({"--table", database() + ".orders=sales.orders"});
  EXPECT_EQ(other.exit_code, 4) << other.text;
  EXPECT_TRUE(has_part(other.text, "column data"));

  const Verified no_target = call({"verify",
                                   "--source",
                                   mongo().uri(),
                                   "--target",
                                   "postgresql://127.0.0.1:1/x",
                                   "--table",
                                   database() + ".orders"});
  EXPECT_EQ(no_target.exit_code, 4) << no_target.text;
  const Verified no_source = call({"verify",
                                   "--source",
                                   "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300",
                                   "--target",
                                   target_uri(),
                                   "--set",
                                   "source.connect_timeout=500ms",
                                   "--table",
                                   database() + ".orders"});
  EXPECT_EQ(no_source.exit_code, 3) << no_source.text;
  EXPECT_TRUE(has_part(no_source.text, "try: "));
}

}  // namespace
}  // namespace relay
