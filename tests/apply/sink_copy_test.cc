// Batches that are written by COPY: the same rows as by upsert, and a refusal when one is not new.
#include "apply/typed_rows.h"

namespace relay {
namespace {

Batch by_copy(Batch batch) {
  batch.method = WriteMethod::copy;
  return batch;
}

class SinkCopyTest : public TypedSinkTest {
 protected:
  // All tables of the schema as text.
  std::string content(const std::string& table) {
    return look_.cell("SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM sales." + table +
                      " t");
  }
};

TEST_F(SinkCopyTest, RowsPositionAndProgressAreOneTransaction) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = by_copy(batch_({{"a", R"({"n": 1})"}, {"b", "{}"}}));
  batch.snapshots.push_back(
      {.table = "sales.orders", .parts = {{.table = "sales.orders", .rows_done = 2}}});
  batch.dead_letters.push_back({.table = &table_,
                                .doc_key = "c",
                                .reason = "duplicate_key",
                                .detail = "",
                                .operation = "insert",
                                .position = "82",
                                .document = "{}"});
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a,b");
  EXPECT_EQ(look_.cell("SELECT data->>'n' FROM sales.orders WHERE oid = 'a'"), "1");
  EXPECT_EQ(token(), batch.end.position.token);
  EXPECT_EQ(look_.cell("SELECT count(DISTINCT xmin::text) FROM (SELECT xmin FROM sales.orders "
                       "UNION ALL SELECT xmin FROM relay.checkpoint UNION ALL SELECT xmin FROM "
                       "relay.snapshot UNION ALL SELECT xmin FROM relay.dead_letter) AS all_rows"),
            "1");
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"d", "{}"}})))) << "the connection goes on as before";
  EXPECT_EQ(keys(), "a,b,d");
}

TEST_F(SinkCopyTest, EveryTypeArrivesAsByUpsert) {
  TableMapping copied{.from = {"shop", "orders"}, .to = {"sales", "copied"}};
  const auto column = [](std::string name, ColumnType type, bool is_key = false) {
    return ColumnMapping{.name = name, .path = {name}, .type = type, .is_key = is_key};
  };
  copied.columns = {column("id", {.name = TypeName::uuid}, true),
                    column("t", {}),
                    column("b", {.name = TypeName::boolean}),
                    column("i", {.name = TypeName::integer}),
                    column("l", {.name = TypeName::bigint}),
                    column("d", {.name = TypeName::double_precision}),
                    column("n", {.name = TypeName::numeric, .precision = 9, .scale = 3}),
                    column("z", {.name = TypeName::timestamp}),
                    column("y", {.name = TypeName::bytea}),
                    column("j", {.name = TypeName::json})};
  TableMapping upserted = copied;
  upserted.to.table = "upserted";
  TableMapping with_array = copied;
  with_array.to.table = "with_array";
  with_array.columns.push_back(column("a", {.name = TypeName::bigint, .is_array = true}));
  const CellRow full = {send("uuid_", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
                        "text\nwith \\N and \t",
                        send("bool", "true"),
                        send("int4", "-5"),
                        send("int8", "9223372036854775807"),
                        send("float8", "'NaN'"),
                        send("numeric_", "'123456.789'"),
                        send("timestamptz_", "'2024-07-11 23:17:42.907+00'"),
                        send("bytea", "'\\x00ff'::bytea"),
                        R"({"a": [1]})",
                        "{}"};
  CellRow empty(full.size());
  empty[0] = send("uuid_", "'00000000-0000-0000-0000-000000000000'");
  empty.back() = "[]";
  CellRow array_row = full;
  array_row.insert(array_row.end() - 1, "{1,2}");
  const std::unique_ptr<Sink> sink = make_sink_for(copied);
  ASSERT_TRUE(is_ok(sink->prepare(upserted)));
  ASSERT_TRUE(is_ok(sink->prepare(with_array)));
  ASSERT_TRUE(is_ok(sink->apply(batch_of(upserted, {full, empty}))));
  Batch batch = by_copy(batch_of(copied, {full, empty}));
  batch.tables.push_back(batch_of(with_array, {array_row}).tables[0]);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(content("copied"), content("upserted"));
  EXPECT_EQ(look_.cell("SELECT a[2] FROM sales.with_array"), "2")
      << "a table with an array goes by upsert";
}

TEST_F(SinkCopyTest, ManyLargeRowsOfSeveralChunksArrive) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Rows rows;
  for (int i = 0; i < 3'000; ++i)
    rows.emplace_back("k" + std::to_string(i), "{\"t\": \"" + std::string(1'000, 'x') + "\"}");
  rows.emplace_back("large", "{\"t\": \"" + std::string(20U << 20U, 'x') + "\"}");
  ASSERT_TRUE(is_ok(sink->apply(by_copy(batch_(rows)))));
  EXPECT_EQ(look_.cell("SELECT count(*) || ' ' || sum(length(data->>'t')) FROM sales.orders"),
            "3001 23971520");
}

TEST_F(SinkCopyTest, AKeyThatIsThereRefusesTheBatchAndAnUpsertTakesIt) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  const std::string before = token();
  // Refused early, with megabytes still to come, and late.
  for (const bool is_early : {true, false}) {
    Rows rows;
    for (int i = 0; i < 5'000; ++i)
      rows.emplace_back("k" + std::to_string(i), "{\"t\": \"" + std::string(1'000, 'x') + "\"}");
    rows.insert(is_early ? rows.begin() : rows.end(), {"b", R"({"n": "canary"})"});
    Batch batch = by_copy(batch_(rows));
    batch.snapshots.push_back({.table = "sales.orders", .parts = {{.table = "sales.orders"}}});
    const Status refused = sink->apply(batch);
    ASSERT_EQ(name_of(kind_of(refused)), "row_rejected");
    EXPECT_EQ(refused.error().message.find("canary"), std::string::npos);
    EXPECT_EQ(keys(), "b");
    EXPECT_EQ(token(), before);
    EXPECT_EQ(look_.cell("SELECT count(*) FROM relay.snapshot"), "0");
    if (is_early) continue;
    batch.method = WriteMethod::upsert;
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "5001");
  }
}

TEST_F(SinkCopyTest, ARowThatPostgresqlRefusesRefusesTheBatch) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = by_copy(batch_({{"a", "{}"}, {"b", "no JSON"}}));
  ASSERT_EQ(name_of(kind_of(sink->apply(batch))), "row_rejected");
  batch.method = WriteMethod::upsert;
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkCopyTest, ATableWithRowLevelSecurityIsForAnUpsert) {
  make_ready_sink()->release();
  look_.run("CREATE ROLE copier LOGIN");
  look_.run("GRANT ALL ON SCHEMA sales, relay TO copier");
  look_.run("GRANT ALL ON ALL TABLES IN SCHEMA sales, relay TO copier");
  look_.run("ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY");
  look_.run("CREATE POLICY everything ON sales.orders USING (true)");
  PostgresSink::Options as_role = options();
  as_role.uri = Secret(uri_at(server().port(), "copier"));
  const std::unique_ptr<Sink> sink = make_ready_sink(as_role);
  Batch batch = by_copy(batch_({{"a", "{}"}}));
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "row_rejected");
  batch.method = WriteMethod::upsert;
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
}

TEST_F(SinkCopyTest, ARelayThatLostTheStreamCopiesNothing) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("UPDATE relay.checkpoint SET epoch = epoch + 1, owner = 'another'");
  EXPECT_EQ(name_of(kind_of(sink->apply(by_copy(batch_({{"a", "{}"}}))))), "lease_lost");
  EXPECT_EQ(keys(), "");
}

TEST_F(SinkCopyTest, BatchesWithoutRowsOfTheirOwnAreFine) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}, {"b", "{}"}}))));
  Batch batch = by_copy(batch_({}, {"a"}));
  batch.actions.push_back({.kind = TableAction::Kind::truncate, .table = &table_});
  batch.tables.push_back(batch_({}).tables[0]);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "");
}

TEST_F(SinkCopyTest, AConnectionThatBreaksDuringTheRowsIsNotInDoubt) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run(
      "CREATE FUNCTION quit() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'");
  look_.run("CREATE TRIGGER quit AFTER INSERT ON sales.orders EXECUTE FUNCTION quit()");
  Rows rows;
  for (int i = 0; i < 5'000; ++i)
    rows.emplace_back("k" + std::to_string(i), "{\"t\": \"" + std::string(1'000, 'x') + "\"}");
  const Batch batch = by_copy(batch_(rows));
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable");
  look_.run("DROP TRIGGER quit ON sales.orders");
  ASSERT_TRUE(sink->open().ok());
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "5000");
}

}  // namespace
}  // namespace relay
