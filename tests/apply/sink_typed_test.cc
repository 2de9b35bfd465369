// Rows of every shape, written and seen through another session of a real PostgreSQL.
#include "apply/typed_rows.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SinkTypedTest : public TypedSinkTest {
 protected:
  // Each row of sales.orders as text, by key.
  std::string rows(const std::string& expression = "orders::text", const std::string& key = "id") {
    return look_.cell("SELECT string_agg(" + expression + ", ' ' ORDER BY " + key +
                      ") FROM sales.orders");
  }

  static ColumnMapping column(std::string name, ColumnType type, bool is_key = false) {
    return {.name = name, .path = {name}, .type = type, .is_key = is_key};
  }
};

// One column of each type, each with a value and a null.
TEST_F(SinkTypedTest, EveryTypeArrives) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.columns = {
      column("id", {.name = TypeName::uuid}, true),
      column("t", {}),
      column("b", {.name = TypeName::boolean}),
      column("i", {.name = TypeName::integer}),
      column("l", {.name = TypeName::bigint}),
      column("d", {.name = TypeName::double_precision}),
      column("n", {.name = TypeName::numeric}),
      column("m", {.name = TypeName::numeric, .precision = 5, .scale = 2}),
      column("z", {.name = TypeName::timestamp}),
      column("y", {.name = TypeName::bytea}),
      column("j", {.name = TypeName::json}),
      column("ta", {.is_array = true}),
      column("la", {.name = TypeName::bigint, .is_array = true}),
      column("ja", {.name = TypeName::json, .is_array = true}),
      column("na", {.name = TypeName::numeric, .precision = 5, .scale = 2, .is_array = true})};
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  const CellRow full = {send("uuid_", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
                        "text",
                        send("bool", "true"),
                        send("int4", "-5"),
                        send("int8", "9223372036854775807"),
                        send("float8", "'-0'::float8"),
                        send("numeric_", "'1234567890.000100'"),
                        send("numeric_", "'999.99'"),
                        send("timestamptz_", "'2024-07-11 23:17:42.907+00'"),
                        send("bytea", "'\\x00ff'::bytea"),
                        R"({"a": [1]})",
                        R"({a,"b,c",NULL})",
                        "{1,NULL,-7}",
                        R"({"{\"a\":1}",NULL,"null"})",
                        "{1.50}"};
  CellRow empty(full.size());
  empty[0] = send("uuid_", "'00000000-0000-0000-0000-000000000000'");
  const auto with_rest = [](CellRow row) {
    row.emplace_back("{}");
    return row;
  };
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {with_rest(full), with_rest(empty)}))));
  EXPECT_EQ(
      look_.cell("SELECT count(*) FROM sales.orders WHERE t IS NULL AND num_nulls(t, b, i, l, "
                 "d, n, m, z, y, j, ta, la, ja, na) = 14"),
      "1");
  look_.run("SET timezone = 'UTC'");
  EXPECT_EQ(look_.cell("SELECT concat_ws('|', id, t, b, i, l, d, n, m, z, y, j, ta, la, ja, na, "
                       "data) FROM sales.orders WHERE t IS NOT NULL"),
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|text|t|-5|9223372036854775807|-0|"
            "1234567890.000100|999.99|2024-07-11 23:17:42.907+00|\\x00ff|{\"a\": [1]}|"
            "{a,\"b,c\",NULL}|{1,NULL,-7}|{\"{\\\"a\\\": 1}\",NULL,\"null\"}|{1.50}|{}");
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {}, {{full[0]}}))));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "1");
}

TEST_F(SinkTypedTest, ATableThatWeMadeIsTakenAsItIsTheNextTime) {
  std::vector<TableMapping> mappings = {orders(), orders(), orders(), orders()};
  mappings[1].rest = "";
  mappings[2].on_delete = OnDelete::mark;
  mappings[3].mode = MappingMode::append;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    mappings[i].to.table = "orders_" + std::to_string(i);
    for (int time = 0; time < 2; ++time)
      make_sink_for(mappings[i]);
  }
}

TEST_F(SinkTypedTest, EveryTypeMayBeTheKey) {
  struct KeyCase {
    ColumnType type;
    std::string cell;
    std::string text;
  };
  const std::vector<KeyCase> keys = {
      {{}, "k", "k"},
      {{.name = TypeName::boolean}, send("bool", "true"), "true"},
      {{.name = TypeName::integer}, send("int4", "-3"), "-3"},
      {{.name = TypeName::bigint}, send("int8", "3"), "3"},
      {{.name = TypeName::double_precision}, send("float8", "1.5"), "1.5"},
      {{.name = TypeName::numeric, .precision = 9, .scale = 2}, send("numeric_", "7.25"), "7.25"},
      {{.name = TypeName::timestamp}, time("2024-01-01 00:00:00+00"), "2024-01-01 00:00:00+00"},
      {{.name = TypeName::uuid},
       send("uuid_", "'00000000-0000-0000-0000-00000000000a'"),
       "00000000-0000-0000-0000-00000000000a"},
      {{.name = TypeName::bytea}, send("bytea", "'\\x01'::bytea"), "\\x01"},
      {{.name = TypeName::json}, R"({"a":1})", R"({"a": 1})"}};
  look_.run("SET timezone = 'UTC'");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "t" + std::to_string(i)}};
    mapping.columns = {column("id", keys[i].type, true)};
    const std::string name = "sales.t" + std::to_string(i);
    for (const OnDelete on_delete : {OnDelete::remove, OnDelete::mark}) {
      mapping.on_delete = on_delete;
      const std::unique_ptr<Sink> sink = make_sink_for(mapping);
      CellRow row = {keys[i].cell, "{}"};
      CellRow gone = {keys[i].cell};
      if (on_delete == OnDelete::mark) {
        row.emplace_back(std::nullopt);
        gone.emplace_back(time("2024-02-02 00:00:00+00"));
      }
      ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {row})))) << name;
      EXPECT_EQ(look_.cell("SELECT id::text FROM " + name), keys[i].text);
      ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {}, {gone})))) << name;
      EXPECT_EQ(look_.cell(on_delete == OnDelete::mark
                               ? "SELECT count(*) FROM " + name + " WHERE deleted_at IS NULL"
                               : "SELECT count(*) FROM " + name),
                "0");
      look_.run("DROP TABLE " + name);
    }
  }
}

TEST_F(SinkTypedTest, AMarkedRowStaysWithTheFirstTimeUntilItsKeyComesBack) {
  TableMapping mapping = orders();
  mapping.on_delete = OnDelete::mark;
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  const auto row = [&](std::int64_t id, const std::string& total) {
    CellRow cells = order(id, total);
    cells.emplace_back(std::nullopt);
    return cells;
  };
  look_.run("SET timezone = 'UTC'");
  const std::string state = "id || ':' || total || ':' || coalesce(deleted_at::text, '-')";
  ASSERT_TRUE(
      is_ok(sink->apply(batch_of(mapping, {row(1, "1.00"), row(2, "2.00"), row(3, "3.00")}))));
  const Batch gone = batch_of(mapping,
                              {},
                              {{bigint(1), time("2024-01-01 00:00:01+00")},
                               {bigint(2), time("2024-01-01 00:00:02+00")},
                               {bigint(9), time("2024-01-01 00:00:09+00")}});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ok(sink->apply(gone)));
    EXPECT_EQ(rows(state), "1:1.00:2024-01-01 00:00:01+00 2:2.00:2024-01-01 00:00:02+00 3:3.00:-");
  }
  ASSERT_TRUE(is_ok(sink->apply(
      batch_of(mapping, {row(2, "2.20")}, {{bigint(1), time("2025-01-01 00:00:00+00")}}))));
  EXPECT_EQ(rows(state), "1:1.00:2024-01-01 00:00:01+00 2:2.20:- 3:3.00:-");
}

// The statement is a join: with a plan made for a small table it would read all of it for every
// batch.
TEST_F(SinkTypedTest, MarkingRowsGoesByKeyAlsoAfterTheTableHasGrown) {
  TableMapping mapping = orders();
  mapping.on_delete = OnDelete::mark;
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  look_.run("ALTER TABLE sales.orders SET (autovacuum_enabled = false)");
  look_.run("VACUUM sales.orders");  // Now it is known to be empty.
  ASSERT_TRUE(
      is_ok(sink->apply(batch_of(mapping, {}, {{bigint(1), time("2024-01-01 00:00:00+00")}}))));
  look_.run(
      "INSERT INTO sales.orders (id, data) SELECT n, '{}' FROM generate_series(1, 20000) AS n");
  std::vector<CellRow> gone;
  for (std::int64_t i = 1; i <= 50; ++i)
    gone.push_back({bigint(i * 7), time("2024-01-01 00:00:00+00")});
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {}, gone))));
  sink->release();  // A session that ends reports what it has read.
  const auto counted = [this](const std::string& counter) {
    return look_.cell("SELECT " + counter + " FROM pg_stat_user_tables WHERE relname = 'orders'");
  };
  ASSERT_TRUE(wait_until(kPatience, [&] { return counted("n_tup_upd") == "50"; }));
  EXPECT_EQ(counted("seq_tup_read"), "0");
  EXPECT_LT(std::stoi(counted("idx_tup_fetch")), 1'000);
}

TEST_F(SinkTypedTest, AnEventThatComesAgainChangesNothingAndANewSnapshotDoes) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.mode = MappingMode::append;
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  const auto row = [&](const std::string& position, const std::string& operation, std::string doc) {
    return CellRow{position,
                   time("2024-01-01 00:00:00+00"),
                   std::nullopt,
                   operation,
                   "shop.orders",
                   R"({"_id": 1})",
                   std::move(doc),
                   std::nullopt};
  };
  ASSERT_TRUE(is_ok(sink->apply(batch_of(
      mapping,
      {row("8201", "insert", R"({"v": 1})"), row("snapshot:1", "snapshot", R"({"v": 1})")}))));
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping,
                                         {row("8201", "insert", R"({"v": 2})"),
                                          row("snapshot:1", "snapshot", R"({"v": 2})"),
                                          row("8202", "delete", "null")}))));
  EXPECT_EQ(rows("position || '=' || coalesce(document->>'v', '-')", "position"),
            "8201=1 8202=- snapshot:1=2");
}

TEST_F(SinkTypedTest, EveryDifferenceOfATypedTableIsNamed) {
  TableMapping mapping = orders();
  mapping.columns.push_back(column("tags", {.is_array = true}));
  mapping.on_delete = OnDelete::mark;
  const std::unique_ptr<Sink> sink = make_sink();
  ASSERT_TRUE(sink->open().ok());
  look_.run("CREATE SCHEMA sales");
  look_.run(
      "CREATE TABLE sales.orders (id INTEGER PRIMARY KEY, total NUMERIC(18,3), at TIMESTAMP NOT "
      "NULL, tags TEXT, data JSONB)");
  const Status prepared = sink->prepare(mapping);
  ASSERT_EQ(name_of(kind_of(prepared)), "sink_refused");
  EXPECT_EQ(prepared.error().message,
            "check table sales.orders: it does not fit"
            "; column id: expected bigint NOT NULL, found integer NOT NULL (use another table, or "
            "ALTER COLUMN \"id\" TYPE bigint)"
            "; column total: expected numeric(18,2) NULL, found numeric(18,3) NULL (use another "
            "table, or ALTER COLUMN \"total\" TYPE numeric(18,2))"
            "; column at: expected timestamp with time zone NULL, found timestamp without time "
            "zone NOT NULL (use another table, or ALTER COLUMN \"at\" TYPE timestamp with time "
            "zone, ALTER COLUMN \"at\" DROP NOT NULL)"
            "; column tags: expected text[] NULL, found text NULL (use another table, or ALTER "
            "COLUMN \"tags\" TYPE text[])"
            "; column data: expected jsonb NOT NULL, found jsonb NULL (ALTER COLUMN \"data\" SET "
            "NOT NULL)"
            "; column deleted_at: expected timestamp with time zone NULL, found nothing (ADD "
            "COLUMN \"deleted_at\" timestamp with time zone NULL)");
}

}  // namespace
}  // namespace relay
