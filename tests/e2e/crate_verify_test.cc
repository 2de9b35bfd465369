// relay verify on CrateDB: what the table holds is put together and compared, wherever each value
// stands, and mended.
#include <gtest/gtest.h>

#include "decode/object_documents.h"
#include "e2e/crate_fixture.h"
#include "e2e/hostile_documents.h"
#include "e2e/verify_fixture.h"

namespace relay {
namespace {

using Lines = std::set<std::string>;

class CrateVerifyTest : public CrateRelayTest {
 protected:
  // A table orders -> sales.orders with this in it.
  void write_settings(const std::string& table) const {
    write_file(directory_.path() / "relay.toml",
               "[source]\nuri = \"" + mongo().uri() + "\"\n[target]\nuri = \"" + crate_uri() +
                   "\"\n[ha]\nlease = \"1s\"\n[[table]]\nfrom = \"" + database() +
                   ".orders\"\nto = \"sales.orders\"\n" + table);
  }
  [[nodiscard]] Verified verify(const Arguments& more = {}) const {
    Arguments all{"--config", "relay.toml", "verify"};
    all.insert(all.end(), more.begin(), more.end());
    return verify_in(directory_.path(), all);
  }
  [[nodiscard]] std::unique_ptr<RelayProcess> start_relay() const {
    return start({"--config", "relay.toml", "cdc-relay"});
  }
  void copy_once() const {
    const Ended ended = run({"--config", "relay.toml", "cdc-relay", "--once"});
    EXPECT_EQ(ended.exit_code, 0) << ended.log << ended.complaint;
  }
  // As somebody else would, who knows nothing of relay.
  void damage(const std::string& sql) { crate_.run(sql); }
};

TEST_F(CrateVerifyTest, EveryKindOfDifferenceIsFoundByItsKeyBesideARelay) {
  write_settings("");
  insert(0, 700);
  source_.insert("orders", R"({"_id": "Zo\u00eb", "a": 1})");
  const auto relay = start_relay();
  ASSERT_TRUE(wait_until_whole()) << relay->log();
  EXPECT_TRUE(is_equal_result(verify()));
  damage("DELETE FROM sales.orders WHERE oid = '7'");
  damage("DELETE FROM sales.orders WHERE oid = 'Zo\u00eb'");
  damage("INSERT INTO sales.orders (oid, data) VALUES ('stranger', '{\"_id\": \"stranger\"}')");
  damage("UPDATE sales.orders SET data['number'] = '4711' WHERE oid = '611'");
  const Verified verified = verify();
  EXPECT_EQ(verified.exit_code, 6) << verified.text;
  EXPECT_EQ(verified.differences,
            (Lines{"missing sales.orders 7",
                   "missing sales.orders Zo\u00eb",
                   "extra sales.orders stranger",
                   "differs sales.orders 611"}));
  EXPECT_TRUE(relay->is_running()) << relay->log();
  EXPECT_TRUE(has_part(
      finish_in(directory_.path(), {"--config", "relay.toml", "verify", "--json"}).stdout_text,
      R"("relay":"followed")"));
}

// Which values stand in overflow depends on what came first.
TEST_F(CrateVerifyTest, WhatStandsInOverflowIsComparedToo) {
  write_settings("");
  ObjectDocuments generator(seed_);
  for (int id = 0; id < 200; ++id) {
    Bson document(R"({"_id": )" + std::to_string(id) + "}");
    const Bytes fields = generator.document(0).bytes();
    bson_t view;
    ASSERT_TRUE(bson_init_static(&view, fields.data(), fields.size()));
    bson_concat(document.get(), &view);
    source_.insert_raw("orders", {document});
  }
  source_.insert("orders", R"({"_id": 1000, "n": 1})");
  copy_once();
  source_.insert("orders", R"({"_id": 1001, "n": "text"})");
  copy_once();
  EXPECT_TRUE(is_equal_result(verify()));
  EXPECT_EQ(look("SELECT overflow FROM sales.orders WHERE oid = '1001'"), R"({"n":"text"})");
  damage("UPDATE sales.orders SET overflow = '{\"n\":\"Text\"}' WHERE oid = '1001'");
  damage("UPDATE sales.orders SET overflow = '{\"m\":1}' WHERE oid = '1000'");
  EXPECT_EQ(verify().differences,
            (Lines{"differs sales.orders 1000", "differs sales.orders 1001"}));
}

TEST_F(CrateVerifyTest, HostileDocumentsAreEqual) {
  for (const char* form : {"", "json = \"extended\"\n"}) {
    crate_.run("DROP TABLE IF EXISTS sales.orders");
    crate_.drop_tables("relay");
    std::filesystem::remove(directory_.path() / "relay.db");
    source_.remove("orders", "{}");
    write_settings(form);
    std::size_t count = 0;
    for (const auto& documents :
         {hostile_texts(), hostile_names(), look_alikes(), ends_of_types()}) {
      source_.insert_raw("orders", documents);
      count += documents.size();
    }
    source_.insert_raw("orders", {with_depth("deep", 95, false), with_depth("deeper", 170, true)});
    copy_once();
    EXPECT_TRUE(is_equal_result(verify())) << form;
    damage("DELETE FROM sales.orders WHERE oid = 'date0'");
    EXPECT_EQ(verify().differences, Lines{"missing sales.orders date0"});
    EXPECT_GT(count, 20U);
  }
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
           { name = "days", path = "days", type = "timestamp with time zone[]" },
           { name = "prices", path = "prices", type = "numeric(10,2)[]" },
           { name = "inner", path = "inner", type = "json" },
           { name = "placed", path = "placed", type = "timestamp with time zone" }]
on_delete = "mark"
exclude = ["photo"]
where = [{ path = "number", op = "<", value = 1000 }]
)toml";

TEST_F(CrateVerifyTest, FiltersMarksTypesAndDefaultsAreThoseOfTheTable) {
  write_settings(kTyped);
  for (int key = 0; key < 50; ++key)
    source_.insert_raw("orders", {make_order(key, key * 50)});
  source_.insert("orders",
                 R"({"_id": 100, "number": 1, "tags": ["a \"b\"", null], "channel": "shop",
                     "total": "misfit", "inner": {"n": 1},
                     "days": [{"$date": {"$numberLong": "1720739862907"}}],
                     "prices": [1, {"$numberDecimal": "2.50"}]})");
  source_.insert("orders", R"({"_id": 101, "number": 1, "tags": [], "inner": {"n": 2.5}})");
  copy_once();
  source_.remove("orders", R"({"_id": 5})");
  source_.insert("orders", R"({"_id": 102, "number": 1, "inner": {"n": "x"}})");
  copy_once();
  EXPECT_TRUE(is_equal_result(verify()));
  damage("UPDATE sales.orders SET ratio = ratio + 1e-22 WHERE id = 1");
  damage("UPDATE sales.orders SET deleted_at = NULL WHERE id = 5");
  damage("UPDATE sales.orders SET deleted_at = current_timestamp WHERE id = 6");
  damage("UPDATE sales.orders SET tags = ARRAY['a'] WHERE id = 100");
  damage("INSERT INTO sales.orders (id, data) VALUES (30, '{}')");
  EXPECT_EQ(verify().differences,
            (Lines{"differs sales.orders 1",
                   "extra sales.orders 5",
                   "missing sales.orders 6",
                   "differs sales.orders 100",
                   "extra sales.orders 30"}));
}

TEST_F(CrateVerifyTest, KeysOfEveryTypeArePagedAndFound) {
  write_settings(R"toml(
columns = [{ name = "id", path = "_id", type = "uuid", key = true },
           { name = "n", path = "n", type = "bigint" }]
)toml");
  for (int i = 0; i < 600; ++i) {
    char digits[13];
    std::snprintf(digits, sizeof digits, "%012d", i);
    source_.insert("orders",
                   R"({"_id": {"$uuid": "00112233-4455-6677-8899-)" + std::string(digits) +
                       R"("}, "n": )" + std::to_string(i) + "}");
  }
  copy_once();
  EXPECT_TRUE(is_equal_result(verify()));
  damage("UPDATE sales.orders SET n = 7 WHERE n = 555");
  EXPECT_EQ(verify().differences.size(), 1U);
}

TEST_F(CrateVerifyTest, RepairNeedsTheStreamForItself) {
  write_settings("");
  insert(0, 100);
  source_.insert("orders", R"({"_id": 200, "n": 5})");
  auto relay = start_relay();
  ASSERT_TRUE(wait_until_whole()) << relay->log();
  damage("DELETE FROM sales.orders WHERE oid = '7'");
  damage("INSERT INTO sales.orders (oid, data) VALUES ('stranger', '{}')");
  damage("UPDATE sales.orders SET data['n'] = '6' WHERE oid = '200'");
  const Verified refused = verify({"--repair"});
  EXPECT_EQ(refused.exit_code, 7) << refused.text;
  EXPECT_TRUE(has_part(refused.text, "error: mend rows of stream default: a relay holds it"));
  EXPECT_TRUE(has_part(refused.text, "try: stop the relay"));
  EXPECT_EQ(verify().exit_code, 6) << "nothing was mended";
  relay->terminate();
  ASSERT_EQ(relay->wait(), 0) << relay->log();
  // Of another type than the table's, so for overflow.
  source_.update("orders", R"({"_id": 11})", R"({"$set": {"paid": "later"}})");
  const Verified mended = verify({"--repair"});
  EXPECT_EQ(mended.exit_code, 0) << mended.text;
  EXPECT_EQ(mended.differences,
            (Lines{"missing sales.orders 7",
                   "extra sales.orders stranger",
                   "differs sales.orders 11",
                   "differs sales.orders 200"}));
  EXPECT_TRUE(has_part(mended.text, "mended=4"));
  EXPECT_TRUE(is_equal_result(verify()));
  EXPECT_TRUE(is_whole()) << "and so says who knows nothing of the relay";
  // The relay goes on where it was.
  relay = start_relay();
  insert(100, 110);
  EXPECT_TRUE(wait_until_whole()) << relay->log();
}

TEST_F(CrateVerifyTest, AStreamThatNoRelayEverHeldIsNotMended) {
  write_settings("");
  insert(0, 3);
  crate_.run(
      "CREATE TABLE sales.orders (oid TEXT PRIMARY KEY, data OBJECT(DYNAMIC), overflow TEXT "
      "INDEX OFF STORAGE WITH (columnstore = false))");
  const Verified refused = verify({"--repair"});
  EXPECT_EQ(refused.exit_code, 4) << refused.text;
  EXPECT_TRUE(has_part(refused.text, "try: start the relay once"));
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "0");
}

}  // namespace
}  // namespace relay
