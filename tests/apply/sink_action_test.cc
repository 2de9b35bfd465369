// What happens to whole tables, in the transaction of the rows that follow it.
#include "apply/typed_rows.h"

namespace relay {
namespace {

class SinkActionTest : public TypedSinkTest {
 protected:
  Batch truncating(Batch batch, const TableMapping& mapping) {
    batch.actions.push_back({.kind = TableAction::Kind::truncate, .table = &mapping});
    return batch;
  }
};

TEST_F(SinkActionTest, ATableIsEmptiedBeforeTheRowsOfItsBatch) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}, {"b", "{\"n\": 1}"}}))));
  const Batch batch = truncating(batch_({{"b", "{\"n\": 2}"}, {"c", "{}"}}), table_);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(keys(), "b,c");
  }
  EXPECT_EQ(look_.cell("SELECT data->>'n' FROM sales.orders WHERE oid = 'b'"), "2");
  ASSERT_TRUE(is_ok(sink->apply(truncating(batch_({}), table_))));
  EXPECT_EQ(keys(), "");
}

TEST_F(SinkActionTest, NothingIsEmptiedWhenTheBatchIsRefused) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  Batch batch = truncating(batch_({{"b", "no JSON"}, {"c", "{}"}}), table_);
  ASSERT_EQ(name_of(kind_of(sink->apply(batch))), "row_rejected");
  EXPECT_EQ(keys(), "a");
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  EXPECT_EQ(keys(), "a");
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "c");
}

// Else a row of the batch could be found guilty of a clash with one that goes away.
TEST_F(SinkActionTest, TheSearchForGuiltyRowsBeginsWithTheEmptyTable) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("CREATE UNIQUE INDEX ON sales.orders ((data->>'n'))");
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", R"({"n": 1})"}}))));
  Batch batch = truncating(batch_({{"b", R"({"n": 1})"}, {"c", "no JSON"}}), table_);
  ASSERT_EQ(name_of(kind_of(sink->apply(batch))), "row_rejected");
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  EXPECT_EQ(batch.dead_letters[0].doc_key, "c");
}

TEST_F(SinkActionTest, RowsThatAreMarkedAreMarkedInsteadOfEmptied) {
  TableMapping mapping = orders();
  mapping.on_delete = OnDelete::mark;
  const std::unique_ptr<Sink> sink = make_sink_for(mapping);
  const auto row = [&](std::int64_t id) {
    CellRow cells = order(id, "1.00");
    cells.emplace_back(std::nullopt);
    return cells;
  };
  ASSERT_TRUE(is_ok(sink->apply(
      batch_of(mapping, {row(1), row(2)}, {{bigint(3), time("2020-01-01 00:00:00+00")}}))));
  look_.run("INSERT INTO sales.orders VALUES (4, 1, NULL, '{}', '2020-01-01 00:00:00+00')");
  ASSERT_TRUE(is_ok(sink->apply(truncating(batch_of(mapping, {row(2)}), mapping))));
  look_.run("SET timezone = 'UTC'");
  EXPECT_EQ(look_.cell("SELECT string_agg(id || ':' || coalesce(deleted_at::text, '-'), ' ' ORDER "
                       "BY id) FROM sales.orders"),
            "1:2023-11-14 22:13:20+00 2:- 4:2020-01-01 00:00:00+00");
}

// TRUNCATE would wait for this reader, and let no other one in meanwhile.
TEST_F(SinkActionTest, ReadersGoOnReadingWhatWasThere) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  look_.run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  EXPECT_EQ(keys(), "a");
  ASSERT_TRUE(is_ok(sink->apply(truncating(batch_({}), table_))));
  EXPECT_EQ(keys(), "a");
  look_.run("COMMIT");
  EXPECT_EQ(keys(), "");
}

TEST_F(SinkActionTest, EmptyingMayTakeLongerThanAStatementButNotALock) {
  PostgresSink::Options impatient = options();
  impatient.statement_timeout = std::chrono::milliseconds(200);
  const std::unique_ptr<Sink> sink = make_ready_sink(impatient);
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  look_.run(
      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_sleep(0.5); RETURN OLD; END'");
  look_.run(
      "CREATE TRIGGER slow BEFORE DELETE ON sales.orders FOR EACH ROW EXECUTE FUNCTION slow()");
  EXPECT_EQ(name_of(kind_of(sink->apply(batch_({}, {"a"})))), "sink_unavailable")
      << "any other statement has to be quick";
  Session blocker(uri());
  blocker.run("BEGIN; SELECT FROM sales.orders WHERE oid = 'a' FOR UPDATE");
  EXPECT_EQ(name_of(kind_of(sink->apply(truncating(batch_({}), table_)))), "sink_unavailable");
  blocker.run("ROLLBACK");
  ASSERT_TRUE(is_ok(sink->apply(truncating(batch_({{"b", "{}"}}), table_))));
  EXPECT_EQ(keys(), "b");
}

TEST_F(SinkActionTest, ColumnsAreAddedBeforeTheRowsThatNeedThem) {
  const TableMapping before = orders();
  const std::unique_ptr<Sink> sink = make_sink_for(before);
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before, {order(1, "1.00", R"({"city": "Bern"})")}))));
  TableMapping after = orders();
  after.columns.push_back({.name = "ci\"ty", .path = {"city"}});
  after.columns.push_back({.name = "n", .path = {"n"}, .type = {.name = TypeName::bigint}});
  Batch batch = batch_of(
      after, {{bigint(2), std::nullopt, std::nullopt, "Chur", bigint(7), "{}"}}, {{bigint(9)}});
  batch.actions.push_back(
      {.kind = TableAction::Kind::add_column, .table = &after, .before = &before});
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT string_agg(concat_ws(' ', id, \"ci\"\"ty\", n), ', ' ORDER BY id) "
                       "FROM sales.orders"),
            "1, 2 Chur 7");
  // Rows that were made before the column was known, and rows made after it.
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before, {order(3, "3.00")}))));
  ASSERT_TRUE(sink->open().ok());
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before, {order(4, "4.00")}))));
  ASSERT_TRUE(is_ok(sink->apply(
      batch_of(after, {{bigint(5), std::nullopt, std::nullopt, "Uri", std::nullopt, "{}"}}))));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "5");
  make_sink_for(after);  // Fits.
}

TEST_F(SinkActionTest, AColumnIsNotThereWhenItsBatchIsRefused) {
  const TableMapping before = orders();
  const std::unique_ptr<Sink> sink = make_sink_for(before);
  TableMapping after = orders();
  after.columns.push_back({.name = "city", .path = {"city"}});
  Batch batch = batch_of(after,
                         {{bigint(1), std::nullopt, std::nullopt, "Bern", "no JSON"},
                          {bigint(2), std::nullopt, std::nullopt, "Chur", "{}"}});
  batch.actions.push_back(
      {.kind = TableAction::Kind::add_column, .table = &after, .before = &before});
  ASSERT_EQ(name_of(kind_of(sink->apply(batch))), "row_rejected");
  EXPECT_EQ(
      look_.cell("SELECT count(*) FROM information_schema.columns WHERE column_name = 'city'"),
      "0");
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT string_agg(city, ',') FROM sales.orders"), "Chur");
}

TEST_F(SinkActionTest, AColumnThatIsThereWithAnotherTypeStopsTheRelay) {
  const TableMapping before = orders();
  const std::unique_ptr<Sink> sink = make_sink_for(before);
  look_.run("ALTER TABLE sales.orders ADD COLUMN city BIGINT");
  TableMapping after = orders();
  after.columns.push_back({.name = "city", .path = {"city"}});
  Batch batch = batch_of(after, {{bigint(1), std::nullopt, std::nullopt, "Bern", "{}"}});
  batch.actions.push_back(
      {.kind = TableAction::Kind::add_column, .table = &after, .before = &before});
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_refused");
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "0");
}

TEST_F(SinkActionTest, AddedColumnsAreReadBackWithTheirFields) {
  const TableMapping before = orders();
  const std::unique_ptr<Sink> sink = make_sink_for(before);
  look_.run("ALTER TABLE sales.orders ADD COLUMN note VARCHAR(3), ADD COLUMN free TEXT");
  TableMapping after = orders();
  after.columns.push_back({.name = "cut_name", .path = {"it's \"\\ a.b"}});
  after.columns.push_back({.name = "n", .path = {"n"}, .type = {.name = TypeName::json}});
  Batch batch = batch_of(after, {});
  batch.actions.push_back(
      {.kind = TableAction::Kind::add_column, .table = &after, .before = &before});
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  const Result<LiveColumns> live = sink->read_live_columns(before);
  ASSERT_TRUE(live.ok());
  const std::vector<ColumnMapping>& added = live.value().added;
  ASSERT_EQ(added.size(), 2U);
  EXPECT_EQ(added[0].name, "cut_name");
  EXPECT_EQ(added[0].path, after.columns[after.columns.size() - 2].path);
  EXPECT_EQ(added[1].type, ColumnType{.name = TypeName::json});
  ASSERT_EQ(live.value().spare.size(), 2U);
  EXPECT_FALSE(live.value().spare[0].type.has_value()) << "varchar is none of ours";
  EXPECT_TRUE(live.value().spare[1].type.has_value());
  TableMapping nowhere = orders();
  nowhere.to.table = "nowhere";
  EXPECT_TRUE(sink->read_live_columns(nowhere).value().added.empty());
}

}  // namespace
}  // namespace relay
