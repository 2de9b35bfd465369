// Documents that somebody made to break things, all in one run, into four tables of every kind at
// once: what cannot be a row is a letter, everything else arrives, and nothing else is touched.
#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "e2e/hostile_documents.h"
#include "e2e/table_fixture.h"

namespace relay {
namespace {

constexpr std::size_t kMegabyte = std::size_t{1} << 20U;

// The table beside: extended, typed and growing, a log.
constexpr char kTables[] = R"(
[[table]]
from = "%db%.orders"
to = "sales.extended"
json = "extended"
[[table]]
from = "%db%.orders"
to = "sales.typed"
evolve = "add"
columns = [
  { name = "oid", path = "_id", type = "text", key = true },
  { name = "total", path = "total", type = "numeric" },
  { name = "at", path = "at", type = "timestamp with time zone" },
  { name = "list", path = "list", type = "bigint[]" },
]
[[table]]
from = "%db%.ids"
to = "sales.ids"
[[table]]
from = "%db%.orders"
to = "sales.log"
mode = "append"
)";

class HostileTest : public TableTest {
 protected:
  std::unique_ptr<RelayProcess> start_all() {
    std::string tables = kTables;
    for (std::size_t at = tables.find("%db%"); at != std::string::npos; at = tables.find("%db%"))
      tables.replace(at, 4, database());
    return start_tables(tables);
  }
  void send(const std::vector<Bson>& documents) {
    for (const Bson& document : documents) {
      source_.insert_raw("orders", {document});
      ++sent_;
    }
  }
  // Everything before is in all tables.
  bool wait_for_marker(const std::string& key) {
    send({with_id(key)});
    return wait_for_row(key);
  }
  std::string count(const std::string& table) {
    return target_.cell("SELECT count(*) FROM sales." + table);
  }
  std::string letters(const std::string& table) {
    return target_.cell(
        "SELECT string_agg(doc_key || '=' || reason, ' ' ORDER BY id) FROM relay.dead_letter WHERE "
        "closed_at IS NULL AND length(doc_key) < 100 AND tbl = 'sales." +
        table + "'");
  }
  std::set<std::string> keys_of_ids() {
    std::set<std::string> keys;
    for (const Cells& row : target_.rows("SELECT oid FROM sales.ids"))
      keys.insert(row.at(0).value_or(""));
    return keys;
  }
  static std::set<std::string> expected_keys() {
    std::set<std::string> keys;
    for (const auto& [id, key] : ids_and_keys())
      keys.insert(key);
    return keys;
  }
  static std::size_t peak_megabytes(const RelayProcess& relay) {
    std::ifstream status("/proc/" + std::to_string(relay.pid()) + "/status");
    std::string word;
    std::size_t kilobytes = 0;
    while (status >> word) {
      if (word == "VmHWM:") status >> kilobytes;
    }
    return kilobytes / 1'024;
  }

  std::size_t sent_ = 0;
};

TEST_F(HostileTest, EveryDocumentIsARowOrALetterInEveryTable) {
  const auto relay = start_all();
  send(hostile_texts());
  send(hostile_names());
  send(look_alikes());
  send(ends_of_types());
  for (const auto& [id, key] : ids_and_keys())
    source_.insert_raw("ids", {Bson(R"({"_id": )" + id + "}")});
  Bson twice = with_text("twice", "a", "1");
  bson_append_utf8(twice.get(), "a", -1, "2", -1);
  const std::string longest(2 * kMegabyte, 'k');
  send({twice, with_text("bad_name", "a\xff", "x"), with_id(longest)});
  ASSERT_TRUE(wait_for_marker("inserted")) << relay->log();

  constexpr char kLetters[] = "twice=duplicate_key bad_name=invalid_name";
  for (const char* table : {"orders", "extended", "typed"})
    EXPECT_EQ(letters(table), kLetters) << table;
  EXPECT_EQ(target_.cell("SELECT string_agg(right(tbl, 5) || '=' || reason, ' ' ORDER BY id) FROM "
                         "relay.dead_letter WHERE length(doc_key) >= 100"),
            "s.log=duplicate_key s.log=invalid_name rders=key_too_long ended=key_too_long "
            "typed=key_too_long s.log=key_too_long")
      << "the key of a log is the position, which has the _id in it";
  for (const char* table : {"orders", "extended", "typed"})
    EXPECT_EQ(count(table), std::to_string(sent_ - 3)) << table;
  EXPECT_EQ(count("log WHERE operation = 'insert'"), std::to_string(sent_ - 3));
  EXPECT_EQ(keys_of_ids(), expected_keys());
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.orders", {"twice", "bad_name", longest}));
  // The ends of types: exact in their column, or in the JSON column.
  EXPECT_EQ(
      target_.cell("SELECT string_agg(coalesce(extract(epoch FROM at)::text, 'json ' || "
                   "(data #>> '{at,$date,$numberLong}')), ', ' ORDER BY oid) FROM sales.typed "
                   "WHERE oid LIKE 'date%'"),
      "json -9223372036854775808, json 9223372036854775807, -62135596800.001000, "
      "253402300800.000000, -210866803200.000000, json -210866803200001, "
      "9224318015999.999000, json 9224318016000000");
  EXPECT_EQ(target_.cell("SELECT string_agg(coalesce((total = x::numeric)::text, 'json ' || "
                         "(data #>> '{total,$numberDecimal}')), ', ' ORDER BY oid) FROM "
                         "sales.typed JOIN (VALUES ('decimal0', '1E+6144'), ('decimal1', "
                         "'-9.999999999999999999999999999999999E+6144'), ('decimal2', '1E-6176'), "
                         "('decimal3', '0'), ('decimal4', 'NaN'), ('decimal5', '-Infinity'), "
                         "('decimal6', '0.1')) AS e (oid, x) USING (oid)"),
            "true, true, true, json -0E+6111, true, true, true");

  // The same again by look-up and in the log's change, then away.
  source_.run(R"({"update": "orders", "updates": [{"q": {"_id": {"$nin": ["twice", "bad_name"]}},
                 "u": {"$set": {"total": 7}}, "multi": true}]})");
  ASSERT_TRUE(wait_for_marker("updated")) << relay->log();
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.orders", {"twice", "bad_name", longest}));
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.typed WHERE total = 7"),
            std::to_string(sent_ - 4));
  source_.remove("orders", "{}");
  source_.remove("ids", "{}");
  ASSERT_TRUE(wait_for_marker("removed")) << relay->log();
  for (const char* table : {"orders", "extended", "typed"})
    EXPECT_EQ(count(table), "1") << table;
  for (const char* table : {"orders", "extended", "typed"})
    EXPECT_EQ(letters(table), "") << table;
  EXPECT_EQ(count("ids"), "0");
  EXPECT_TRUE(relay->is_running());
}

TEST_F(HostileTest, LargeAndDeepDocumentsArriveInBoundedMemory) {
  const auto relay = start_all();
  // The deepest that the server takes.
  int depth = 200;
  while (depth > 0) {
    try {
      send({with_depth("documents", depth, false)});
      break;
    } catch (const std::runtime_error&) {
      --depth;
    }
  }
  EXPECT_GT(depth, 100);
  send({with_depth("arrays", depth, true)});
  for (int i = 0; i < 2; ++i) {
    const std::string number = std::to_string(i);
    send({with_text("quotes" + number, "text", std::string(15 * kMegabyte, '"'))});
    send({with_text("nul" + number, "text", std::string(15 * kMegabyte, '\0'))});
    send({with_million("million" + number)});
  }
  ASSERT_TRUE(wait_for_marker("end")) << relay->log();
  for (const char* table : {"orders", "extended", "typed", "log"}) {
    const bool is_log = table == std::string_view("log");
    EXPECT_EQ(count(std::string(table) + (is_log ? " WHERE operation = 'insert'" : "")),
              std::to_string(sent_))
        << table;
    EXPECT_EQ(letters(table), "") << table;
  }
  EXPECT_TRUE(is_equal(source_, "orders", target_, "sales.orders"));
  EXPECT_EQ(target_.cell("SELECT length(text) FROM sales.typed WHERE oid = 'quotes0'"),
            std::to_string(15 * kMegabyte));
  EXPECT_EQ(target_.cell("SELECT jsonb_array_length(data->'list') FROM sales.typed WHERE oid = "
                         "'million0'"),
            "1000000");
  // Two batches of one document for each of the four tables, and the replies they came from.
  const std::size_t peak = peak_megabytes(*relay);
  std::cout << "depth=" << depth << " peak_megabytes=" << peak << std::endl;
#ifndef __SANITIZE_ADDRESS__
  EXPECT_LT(peak, 600U);
#endif
}

}  // namespace
}  // namespace relay
