// Tables of every shape on CrateDB: what their rows look like, what of an existing table is
// compared.
#include <memory>

#include "apply/crate_typed_fixture.h"
#include "decode/key_parse.h"

namespace relay {
namespace {

TEST_F(CrateTypedTest, ColumnsRestAndOverflowShareADocument) {
  const TableMapping mapping = orders();
  const auto sink = make_sink_for(mapping);
  ASSERT_TRUE(
      is_ok(sink->apply(batch_of(mapping,
                                 {doc(1)
                                      .decimal("total", "12.50")
                                      .date("at", 1'700'000'000'123)
                                      .array("tags", BsonBuilder().string("0", "a,b").null("1")),
                                  doc(2).string("total", "twelve").int32("n", 1),
                                  doc(3).real("total", 1.234).real("n", 3.9)}))));
  EXPECT_EQ(look("SELECT total FROM sales.orders ORDER BY id"), "12.50,,");
  EXPECT_EQ(look("SELECT tags[1] FROM sales.orders WHERE id = 1"), "a,b");
  EXPECT_EQ(look("SELECT extract(epoch FROM at)::bigint FROM sales.orders WHERE id = 1"),
            "1700000000");
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders WHERE data['total'] IS NOT NULL"), "1");
  EXPECT_EQ(look("SELECT data['n'] FROM sales.orders ORDER BY id"), ",1,");
  EXPECT_EQ(look("SELECT overflow FROM sales.orders ORDER BY id"),
            R"(,,{"total":{"$numberDouble":"1.234"},"n":{"$numberDouble":"3.9"}})");
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {}, {doc(1), doc(9)}))));
  EXPECT_EQ(look("SELECT id FROM sales.orders ORDER BY id"), "2,3");
}

TEST_F(CrateTypedTest, EveryTypeThatCratedbHasMayBeTheKey) {
  using namespace std::string_literals;
  struct KeyCase {
    std::string type;
    BsonBuilder first;
    BsonBuilder second;
  };
  const auto id = [] { return BsonBuilder(); };
  const std::vector<KeyCase> keys = {
      {"text", id().string("_id", "k"), id().int32("_id", 5)},
      {"boolean", id().boolean("_id", false), id().boolean("_id", true)},
      {"integer", id().int32("_id", -3), id().int32("_id", 3)},
      {"bigint", id().int64("_id", -3), id().int64("_id", 1LL << 60U)},
      {"double precision", id().real("_id", -1e300), id().real("_id", 1.5)},
      {"numeric(9,2)", id().decimal("_id", "7.2"), id().decimal("_id", "1234567.25")},
      {"timestamp with time zone", id().date("_id", -1), id().date("_id", 1'700'000'000'123)},
      {"uuid",
       id().binary("_id", 4, std::string(16, '\x01')),
       id().binary("_id", 4, "0123456789abcdef")}};
  set_fresh_rows_hidden();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (const OnDelete on_delete : {OnDelete::remove, OnDelete::mark}) {
      TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
      mapping.columns = {column("id", keys[i].type, true)};
      mapping.on_delete = on_delete;
      CrateClient(crate_uri("postgresql")).run("DROP TABLE IF EXISTS sales.orders");
      const auto sink = make_sink_for(mapping);
      ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {keys[i].first, keys[i].second}))));
      // Not refreshed: found by the key alone.
      ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {}, {keys[i].first}, 1'000))));
      const auto all = sink->read_keys(mapping, std::nullopt, 5);
      ASSERT_TRUE(all.ok()) << all.error().message;
      ASSERT_EQ(all.value().keys.size(), 1U) << keys[i].type;
      const auto behind = sink->read_keys(mapping, all.value().keys[0], 5);
      ASSERT_TRUE(behind.ok()) << keys[i].type << behind.error().message;
      EXPECT_TRUE(behind.value().keys.empty());
      std::string bson;
      ASSERT_TRUE(parse_key(mapping.columns[0].type, all.value().keys[0], bson))
          << all.value().keys[0];
      EXPECT_EQ(key_of({bson.begin(), bson.end()}), key_of(keys[i].second.bytes()));
      sink->release();
    }
  }
}

TEST_F(CrateTypedTest, AMarkedRowStaysWithTheFirstTimeUntilItsKeyComesBack) {
  TableMapping mapping = orders();
  mapping.on_delete = OnDelete::mark;
  set_fresh_rows_hidden();
  const auto sink = make_sink_for(mapping);
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {doc(1), doc(2), doc(3)}))));
  const auto marks = [this] {
    return look(
        "SELECT coalesce(extract(epoch FROM deleted_at)::bigint, 0) FROM sales.orders "
        "ORDER BY id");
  };
  for (const std::int64_t second : {10, 20}) {
    ASSERT_TRUE(
        is_ok(sink->apply(batch_of(mapping, {}, {doc(1), doc(2), doc(9)}, second * 1'000))));
    EXPECT_EQ(marks(), "10,10,0");
  }
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {doc(2)}, {doc(1)}, 30'000))));
  EXPECT_EQ(marks(), "10,0,0");
  Batch emptied = batch_of(mapping, {});
  emptied.actions = {{TableAction::Kind::truncate, &mapping}};
  ASSERT_TRUE(is_ok(sink->apply(emptied)));
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders WHERE deleted_at IS NULL"), "0");
}

TEST_F(CrateTypedTest, AnEventThatComesAgainChangesNothingAndANewSnapshotDoes) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.mode = MappingMode::append;
  const auto sink = make_sink_for(mapping);
  const auto apply = [&](int version) {
    Batch batch = batch_of(mapping, {});
    TableRows& rows = batch.tables.front();
    rows = {.table = &mapping,
            .upserts = encoder_->make_upserts(),
            .removals = encoder_->make_removals()};
    const Bytes key = doc(1).bytes();
    const Bytes document = doc(1).int32("v", version).bytes();
    for (const char* position : {"8201", "snapshot:1"}) {
      const bool is_event = position[0] == '8';
      EventRow row{.position = position,
                   .operation = is_event ? "insert" : "snapshot",
                   .name_space = "shop.orders",
                   .document_key = key,
                   .document = document};
      if (is_event) row.cluster_time = ClusterTime{1'700'000'000, 1};
      EXPECT_TRUE(encoder_->add_event(row, rows.upserts).is_added());
    }
    rows.upserts.seal();
    rows.removals.seal();
    return sink->apply(batch);
  };
  ASSERT_TRUE(is_ok(apply(1)));
  ASSERT_TRUE(is_ok(apply(2)));
  EXPECT_EQ(look("SELECT document['v'] FROM sales.orders ORDER BY position"), "1,2");
  EXPECT_EQ(
      look("SELECT extract(epoch FROM cluster_time)::bigint FROM sales.orders ORDER BY position"),
      "1700000000,");
}

// Of a log of events each JSON column has a name of its own in `overflow`.
TEST_F(CrateTypedTest, WhatALogCannotHoldStandsBesideIt) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.mode = MappingMode::append;
  const auto sink = make_sink_for(mapping);
  Batch batch = batch_of(mapping, {});
  batch.tables.front() = {.table = &mapping,
                          .upserts = encoder_->make_upserts(),
                          .removals = encoder_->make_removals()};
  const Bytes key = doc(1).bytes();
  const Bytes document = doc(1).array("m", BsonBuilder().int32("0", 1).string("1", "a")).bytes();
  const Bytes change =
      BsonBuilder().document("updatedFields", BsonBuilder().int32("a.b", 5)).bytes();
  RowBlock& upserts = batch.tables.front().upserts;
  ASSERT_TRUE(encoder_
                  ->add_event({.position = "82",
                               .operation = "update",
                               .name_space = "shop.orders",
                               .document_key = key,
                               .document = document,
                               .change = change},
                              upserts)
                  .is_added());
  upserts.seal();
  batch.tables.front().removals.seal();
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look("SELECT overflow FROM sales.orders"),
            R"({"document":{"m":[{"$numberInt":"1"},"a"]},)"
            R"("change":{"updatedFields":{"a.b":{"$numberInt":"5"}}}})");
  EXPECT_EQ(look("SELECT document['_id'] FROM sales.orders"), "1");
}

TEST_F(CrateTypedTest, ATableThatWeMadeIsTakenAsItIsTheNextTime) {
  std::vector<TableMapping> mappings = {orders(), orders(), orders(), orders()};
  mappings[0].columns.push_back(column("u", "uuid"));
  mappings[0].columns.push_back(column("many", "numeric(9,3)[]"));
  mappings[0].columns.push_back(column("objects", "json[]"));
  mappings[1].rest = "";
  mappings[2].on_delete = OnDelete::mark;
  mappings[3].columns.clear();
  mappings[3].mode = MappingMode::append;
  for (const TableMapping& mapping : mappings) {
    CrateClient(crate_uri("postgresql")).run("DROP TABLE IF EXISTS sales.orders");
    for (int time = 0; time < 2; ++time)
      make_sink_for(mapping)->release();
  }
}

TEST_F(CrateTypedTest, EveryDifferenceOfATypedTableIsNamed) {
  CrateClient client(crate_uri("postgresql"));
  client.run("DROP TABLE IF EXISTS sales.orders");
  ASSERT_EQ(client.run("CREATE TABLE sales.orders (\"id\" integer PRIMARY KEY, \"total\" "
                       "NUMERIC(18,3), \"at\" TEXT NOT NULL, \"tags\" TEXT, \"data\" "
                       "OBJECT(DYNAMIC), \"other\" BIGINT NOT NULL)"),
            "CREATE 1");
  const auto sink = make_target_sink(crate_options());
  ASSERT_TRUE(sink->open().ok());
  const Status prepared = sink->prepare(orders());
  ASSERT_EQ(name_of(kind_of(prepared)), "sink_refused");
  const std::string remedy = " (CrateDB changes no types: use another table)";
  EXPECT_EQ(
      prepared.error().message,
      "check table sales.orders: it does not fit"
      "; column id: expected bigint NOT NULL, found integer NOT NULL" +
          remedy + "; column total: expected numeric(18,2), found numeric(18,3)" + remedy +
          "; column at: expected timestamp with time zone, found text NOT NULL" + remedy +
          "; column tags: expected text_array, found text" + remedy +
          "; column overflow: expected text, found nothing (ADD COLUMN \"overflow\" TEXT INDEX "
          "OFF STORAGE WITH (columnstore = false))"
          "; column other: expected nothing, or a column that may be left out, found bigint NOT "
          "NULL without a default (DROP COLUMN, or use another table)");
}

// The key of a letter is the key text of the `_id`, whatever the column's type.
TEST_F(CrateTypedTest, ALetterOfATypedRowIsClosedByItsNextVersion) {
  TableMapping mapping = orders();
  mapping.columns[0] = column("id", "uuid", true);
  const BsonBuilder document = BsonBuilder().binary("_id", 4, std::string(16, '\x01'));
  set_traps(
      [](CrateTraps& traps) { traps.dropped_keys = {"01010101-0101-0101-0101-010101010101"}; });
  const auto sink = make_sink_for(mapping);
  Batch batch = batch_of(mapping, {document});
  ASSERT_FALSE(sink->apply(batch).ok());
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_EQ(batch.dead_letters.size(), 1U);
  EXPECT_EQ(batch.dead_letters[0].doc_key, R"({"$uuid":"01010101-0101-0101-0101-010101010101"})");
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(sink->open_dead_letters(), 1U);
  set_traps([](CrateTraps& traps) { traps.dropped_keys.clear(); });
  ASSERT_TRUE(is_ok(sink->apply(batch_of(mapping, {document}))));
  EXPECT_EQ(sink->open_dead_letters(), 0U);
}

// The rows of a statement that the server has no room for arrive in smaller ones.
TEST_F(CrateTypedTest, AServerUnderLoadGetsSmallerBatches) {
  set_traps([](CrateTraps& traps) { traps.rows_max = 1'000; });
  const auto sink = make_crate_sink();
  Rows rows;
  for (int i = 0; i < 4'000; ++i)
    rows.emplace_back("k" + std::to_string(i), R"({"n":1})");
  const Batch batch = make_batch(rows);
  int attempts = 1;
  Status applied = sink->apply(batch);
  for (; !applied.ok() && attempts < 10; ++attempts) {
    ASSERT_EQ(name_of(applied.error().kind), "sink_unavailable");
    applied = sink->apply(batch);
  }
  ASSERT_TRUE(is_ok(applied));
  EXPECT_GT(attempts, 1);
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "4000");
}

}  // namespace
}  // namespace relay
