// Keys of a table in pages, on a connection of their own.
#include <thread>

#include "apply/typed_rows.h"
#include "support/wait_until.h"

namespace relay {
namespace {

using Keys = std::vector<std::string>;

class SinkKeysTest : public TypedSinkTest {
 protected:
  // All keys, read in pages.
  static Keys walk(Sink& sink, const TableMapping& mapping, std::size_t count) {
    Keys keys;
    std::optional<std::string> after;
    for (int pages = 0; pages < 1'000; ++pages) {
      const auto page = sink.read_keys(mapping, after, count);
      EXPECT_TRUE(page.ok()) << (page.ok() ? "" : page.error().message);
      if (!page.ok()) return keys;
      keys.insert(keys.end(), page.value().keys.begin(), page.value().keys.end());
      if (page.value().is_last) return keys;
      after = keys.back();
    }
    ADD_FAILURE() << "the walk does not end";
    return keys;
  }
};

TEST_F(SinkKeysTest, EveryKeyIsReadOnceWhateverThePage) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  EXPECT_EQ(walk(*sink, table_, 10), Keys{});
  Rows rows;
  for (int i = 0; i < 10; ++i)
    rows.emplace_back("k" + std::to_string(i), "{}");
  rows.emplace_back("", "{}");
  rows.emplace_back("'\xE2\x82\xAC \"", "{}");
  ASSERT_TRUE(is_ok(sink->apply(batch_(rows))));
  const Keys all = walk(*sink, table_, 1'000);
  EXPECT_EQ(all.size(), rows.size());
  for (const std::size_t count : {1U, 2U, 5U, 11U, 12U, 13U})
    EXPECT_EQ(walk(*sink, table_, count), all) << count;
}

// The lanes of a snapshot: two tables are looked into at once.
TEST_F(SinkKeysTest, SeveralThreadsMayAskAtATime) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Rows rows;
  for (int i = 10; i < 90; ++i)
    rows.emplace_back("k" + std::to_string(i), "{}");
  ASSERT_TRUE(is_ok(sink->apply(batch_(rows))));
  const Keys all = walk(*sink, table_, 1'000);
  std::vector<Keys> found(3);
  {
    std::vector<std::jthread> lanes;
    for (Keys& keys : found)
      lanes.emplace_back([&] { keys = walk(*sink, table_, 1); });
  }
  for (const Keys& keys : found)
    EXPECT_EQ(keys, all);
}

TEST_F(SinkKeysTest, KeysOfEveryTypeAreTextThatMeansOneThing) {
  look_.run("ALTER ROLE postgres SET timezone = 'Asia/Tokyo'");
  look_.run("ALTER ROLE postgres SET datestyle = 'SQL, DMY'");
  look_.run("ALTER ROLE postgres SET extra_float_digits = -5");
  struct KeyCase {
    ColumnType type;
    std::string values;
    Keys keys;
  };
  const std::vector<KeyCase> cases = {
      {{.name = TypeName::bigint},
       "(-5), (9223372036854775807), (0)",
       {"-5", "0", "9223372036854775807"}},
      {{.name = TypeName::integer}, "(2), (10)", {"2", "10"}},
      {{.name = TypeName::numeric, .precision = 9, .scale = 2}, "(10), (9.5)", {"9.50", "10.00"}},
      {{.name = TypeName::double_precision}, "(0.1), (-0.5), ('NaN')", {"-0.5", "0.1", "NaN"}},
      {{.name = TypeName::timestamp},
       "('2024-02-01 00:00:00.123+00'), ('2024-02-01 00:00:00+00')",
       {"2024-02-01 00:00:00+00", "2024-02-01 00:00:00.123+00"}},
      {{.name = TypeName::uuid},
       "('b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')",
       {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
      {{.name = TypeName::boolean}, "(true), (false)", {"false", "true"}},
      {{.name = TypeName::bytea}, "('\\x02'), ('\\x01ff')", {"\\x01ff", "\\x02"}}};
  const std::unique_ptr<Sink> sink = make_sink();
  ASSERT_TRUE(sink->open().ok());
  for (const KeyCase& one : cases) {
    TableMapping mapping{.from = {"shop", "keys"}, .to = {"sales", "keys"}};
    mapping.columns = {{.name = "id", .path = {"_id"}, .type = one.type, .is_key = true}};
    mapping.rest = "";
    ASSERT_TRUE(is_ok(sink->prepare(mapping)));
    look_.run("INSERT INTO sales.keys VALUES " + one.values);
    EXPECT_EQ(walk(*sink, mapping, 1), one.keys);
    look_.run("DROP TABLE sales.keys");
  }
  look_.run("ALTER ROLE postgres RESET ALL");
}

TEST_F(SinkKeysTest, MarkedRowsAreNotThere) {
  TableMapping mapping = orders();
  mapping.on_delete = OnDelete::mark;
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  look_.run(
      "INSERT INTO sales.orders (id, data, deleted_at) VALUES (1, '{}', NULL), (2, '{}', now()), "
      "(3, '{}', NULL)");
  EXPECT_EQ(walk(*sink, mapping, 1), (Keys{"1", "3"}));
}

// A page has to cost its own keys, not the rest of the table.
TEST_F(SinkKeysTest, PagesGoByTheIndex) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run(
      "INSERT INTO sales.orders SELECT md5(n::text), '{}' FROM generate_series(1, 20000) AS n");
  look_.run("ANALYZE sales.orders");
  EXPECT_EQ(walk(*sink, table_, 400).size(), 20'000U);
  const auto counted = [this](const std::string& counter) {
    return std::stol(
        look_.cell("SELECT " + counter + " FROM pg_stat_user_tables WHERE relname = 'orders'"));
  };
  // A session reports about once a second, and at its end.
  ASSERT_TRUE(wait_until(kPatience, [&] {
    return sink->read_keys(table_, std::nullopt, 1).ok() && counted("idx_scan") >= 51;
  }));
  const std::string read =
      look_.cell("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'orders'");
  EXPECT_LT(std::stol(read), 30'000) << "of 20,000 keys in 51 pages";
}

TEST_F(SinkKeysTest, AnErrorIsOfThisConnectionAlone) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(walk(*sink, table_, 5), Keys{"a"});
  EXPECT_EQ(
      look_.cell("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname "
                 "= current_database() AND query LIKE 'SELECT live.%'"),
      "1");
  EXPECT_EQ(name_of(kind_of(sink->read_keys(table_, std::nullopt, 5))), "sink_unavailable");
  EXPECT_EQ(walk(*sink, table_, 5), Keys{"a"}) << "connected again";
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}})))) << "the writer never noticed";
  look_.run("ALTER TABLE sales.orders RENAME TO other");
  EXPECT_EQ(name_of(kind_of(sink->read_keys(table_, std::nullopt, 5))), "sink_refused");
  TableMapping numbers = orders();
  numbers.to.table = "numbers";
  ASSERT_TRUE(is_ok(sink->prepare(numbers)));
  EXPECT_EQ(name_of(kind_of(sink->read_keys(numbers, "no number", 5))), "sink_unknown");
}

}  // namespace
}  // namespace relay
