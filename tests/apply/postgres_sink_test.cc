// What the sink writes, seen through another session of a real PostgreSQL.
#include "apply/postgres_sink.h"

#include "apply/sink_fixture.h"
#include "plan/sql_name.h"

namespace relay {
namespace {

class PostgresSinkTest : public SinkTest {};

TEST_F(PostgresSinkTest, ANewTargetHasNoPositionAndGetsItsTables) {
  const std::unique_ptr<Sink> sink = make_sink();
  const auto opened = sink->open();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_FALSE(opened.value().has_value());
  ASSERT_TRUE(is_ok(sink->prepare(table_)));
  EXPECT_EQ(
      look_.cell("SELECT string_agg(column_name || ' ' || data_type || ' ' || is_nullable, ', ' "
                 "ORDER BY ordinal_position) FROM information_schema.columns "
                 "WHERE table_schema = 'sales' AND table_name = 'orders'"),
      "oid text NO, data jsonb NO");
  EXPECT_EQ(
      look_.cell("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM "
                 "information_schema.columns WHERE table_schema = 'relay' AND table_name = "
                 "'checkpoint'"),
      "stream token cluster_time cluster_time_increment pipeline_hash owner epoch lease_until "
      "updated_at");
  EXPECT_EQ(look_.cell("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM "
                       "information_schema.columns WHERE table_schema = 'relay' AND table_name = "
                       "'snapshot'"),
            "stream tbl part next_key rows_done state updated_at end_key next_row rows_estimated");
  EXPECT_EQ(look_.cell("SELECT string_agg(column_name, ' ' ORDER BY ordinal_position) FROM "
                       "information_schema.columns WHERE table_schema = 'relay' AND table_name = "
                       "'dead_letter'"),
            "id stream tbl doc_key reason detail operation position document created_at closed_at");
}

TEST_F(PostgresSinkTest, WritesReplacesAndDeletes) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(
      is_ok(sink->apply(batch_({{"a", R"({"n": 1})"}, {"b", R"({"n": 2})"}, {"c", "{}"}}))));
  EXPECT_EQ(keys(), "a,b,c");
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", R"({"n": 20})"}, {"d", "{}"}}, {"a", "not there"}))));
  EXPECT_EQ(keys(), "b,c,d");
  EXPECT_EQ(look_.cell("SELECT data->>'n' FROM sales.orders WHERE oid = 'b'"), "20");
}

TEST_F(PostgresSinkTest, TheSameBatchAgainChangesNothing) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"gone", "{}"}}))));
  const Batch batch = batch_({{"a", R"({"n": 1})"}}, {"gone"});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    EXPECT_EQ(keys(), "a");
    EXPECT_EQ(token(), batch.end.position.token);
  }
}

TEST_F(PostgresSinkTest, ThePositionComesBackExactly) {
  std::vector<Checkpoint> checkpoints = {
      make_checkpoint(7),
      {.position = {.token = "", .cluster_time = {1, 2}}, .pipeline_hash = ""},
      {.position = {.token = "82FF", .cluster_time = {}}, .pipeline_hash = "h"},
      {.position = {.token = "82FF", .cluster_time = {4'294'967'295U, 4'294'967'295U}},
       .pipeline_hash = "h"},
  };
  for (const Checkpoint& checkpoint : checkpoints) {
    const std::unique_ptr<Sink> sink = make_ready_sink();
    Batch batch = batch_({});
    batch.end = checkpoint;
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    const auto again = make_sink()->open();
    ASSERT_TRUE(again.ok());
    ASSERT_TRUE(again.value().has_value());
    EXPECT_EQ(*again.value(), checkpoint);
  }
}

TEST_F(PostgresSinkTest, PeopleCanReadThePosition) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(look_.cell(
                "SELECT cluster_time AT TIME ZONE 'UTC' || ' ' || cluster_time_increment || ' ' || "
                "pipeline_hash || ' ' || owner || ' ' || epoch FROM relay.checkpoint"),
            std::string("2023-11-14 22:13:20 1 00112233aabbccdd ") + kOwner + " 1");
}

TEST_F(PostgresSinkTest, AnEmptyBatchMovesThePositionAlone) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch batch = batch_({});
  batch.tables.clear();
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(token(), batch.end.position.token);
}

TEST_F(PostgresSinkTest, HostileKeysAndNamesAreOnlyText) {
  table_.to = {"s\"; DROP SCHEMA relay; --", "t$1\n'\xE2\x82\xAC\\\""};
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const std::vector<std::string> hostile = {"",
                                            "'",
                                            "\"",
                                            "$1",
                                            "{a,b}",
                                            "NULL",
                                            "\\",
                                            "a;DROP TABLE x",
                                            "\xF0\x9F\x98\x80",
                                            "{\"$oid\": 1}",
                                            " ",
                                            "\n"};
  Rows rows;
  for (const std::string& key : hostile)
    rows.emplace_back(key, R"({"text": "'); -- $1 \" \\"})");
  ASSERT_TRUE(is_ok(sink->apply(batch_(rows))));
  const std::string name = quote_table(table_.to).value();
  EXPECT_EQ(look_.cell("SELECT count(*) FROM " + name), std::to_string(hostile.size()));
  EXPECT_EQ(look_.cell("SELECT data->>'text' FROM " + name + " WHERE oid = '$1'"),
            "'); -- $1 \" \\");
  ASSERT_TRUE(is_ok(sink->apply(batch_({}, hostile))));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM " + name), "0");
}

TEST_F(PostgresSinkTest, ANameTooLongIsRefusedInsteadOfCut) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const TableMapping mapping{.from = {"a", "b"}, .to = {"sales", std::string(64, 'x')}};
  EXPECT_EQ(kind_of(sink->prepare(mapping)), ErrorKind::config_invalid);
}

TEST_F(PostgresSinkTest, ValuesOfManyMegabytesArrive) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const std::string big(8U << 20U, 'x');
  ASSERT_TRUE(is_ok(
      sink->apply(batch_({{"1", "{\"a\": \"" + big + "\"}"}, {"2", "{\"a\": \"" + big + "\"}"}}))));
  EXPECT_EQ(look_.cell("SELECT string_agg(length(data->>'a')::text, ',') FROM sales.orders"),
            "8388608,8388608");
}

TEST_F(PostgresSinkTest, ManyRowsAreOneTransaction) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Rows rows;
  std::vector<std::string> removals;
  for (int i = 0; i < 5'000; ++i) {
    rows.emplace_back("k" + std::to_string(i), "{\"text\": \"" + std::string(1'000, 't') + "\"}");
    if (i % 2 == 0) removals.push_back(rows.back().first);
  }
  const Batch batch = batch_(rows);
  ASSERT_GT(batch.tables[0].upserts.chunks().size(), 4U);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look_.cell("SELECT count(*) || ' ' || count(DISTINCT xmin::text) FROM sales.orders"),
            "5000 1");
  EXPECT_EQ(look_.cell("SELECT (SELECT xmin::text FROM relay.checkpoint) = (SELECT min(xmin::text) "
                       "FROM sales.orders)"),
            "t")
      << "the position moved in the same transaction";
  ASSERT_TRUE(is_ok(sink->apply(batch_({}, removals))));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM sales.orders"), "2500");
}

TEST_F(PostgresSinkTest, SeveralTablesShareABatch) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  const TableMapping users{.from = {"shop", "users"}, .to = {"sales", "users"}};
  ASSERT_TRUE(is_ok(sink->prepare(users)));
  BatchMaker batch_of_users(users);
  Batch batch = batch_({{"a", "{}"}});
  batch.tables.push_back(batch_of_users({{"u", "{}"}}).tables[0]);
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(look_.cell("SELECT oid FROM sales.users"), "u");
}

TEST_F(PostgresSinkTest, TablesStayPreparedAfterAReconnect) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  const auto again = sink->open();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again.value()->position.token, token());
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"b", "{}"}}))));
  EXPECT_EQ(keys(), "a,b");
}

TEST_F(PostgresSinkTest, BatchesAreDurableWhateverTheRoleSays) {
  look_.run("ALTER ROLE postgres SET synchronous_commit = off");
  const std::unique_ptr<Sink> sink = make_ready_sink();
  look_.run("ALTER ROLE postgres RESET synchronous_commit");
  // A function of the test that runs inside the sink's session says what is set there.
  look_.run("CREATE TABLE seen (setting TEXT)");
  look_.run(
      "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN INSERT INTO public.seen VALUES (current_setting(''synchronous_commit'')); RETURN "
      "NULL; END'");
  look_.run("CREATE TRIGGER see AFTER INSERT ON sales.orders EXECUTE FUNCTION see()");
  ASSERT_TRUE(is_ok(sink->apply(batch_({{"a", "{}"}}))));
  EXPECT_EQ(look_.cell("SELECT setting FROM seen"), "on");
}

TEST(PostgresSinkDriverTest, NamesItsLibrary) {
  EXPECT_TRUE(sink_driver_version().starts_with("libpq "));
}

}  // namespace
}  // namespace relay
