// The sink for CrateDB: what is written, what is found out about rows that are not there.
#include "apply/crate_sink.h"

#include <algorithm>

#include "apply/crate_fixture.h"

namespace relay {
namespace {

TEST_F(CrateSinkTest, TheServerIsRecognisedAndWrittenTo) {
  const auto sink = make_crate_sink();
  EXPECT_EQ(sink->target(), TargetKind::cratedb);
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", R"({"n":1})"}, {"b", R"({"n":2})"}}))));
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", R"({"n":3})"}}, {"b", "never there"}))));
  EXPECT_EQ(keys(), "a");
  EXPECT_EQ(look("SELECT data['n'] FROM sales.orders"), "3");
}

TEST_F(CrateSinkTest, APostgresqlIsRecognisedToo) {
  const std::unique_ptr<Sink> sink = make_target_sink(options());
  ASSERT_TRUE(sink->open().ok());
  EXPECT_EQ(sink->target(), TargetKind::postgresql);
}

TEST_F(CrateSinkTest, AVersionThatLosesRowsIsRefused) {
  CrateDouble old({.backend_uri = uri(), .version = "6.3.4"});
  PostgresSink::Options options = SinkTest::options();
  options.uri = Secret(old.uri());
  const auto opened = make_target_sink(options)->open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(name_of(opened.error().kind), "sink_refused");
  EXPECT_NE(opened.error().message.find("6.3.4"), std::string::npos);
}

TEST_F(CrateSinkTest, ABatchOfManyRowsAndDeletesArrivesWhole) {
  const auto sink = make_crate_sink();
  Rows rows;
  std::vector<std::string> removals;
  for (int i = 0; i < 12'000; ++i)
    rows.emplace_back("k" + std::to_string(i), R"({"n":1})");
  ASSERT_TRUE(is_ok(sink->apply(make_batch(rows))));
  for (int i = 0; i < 6'000; ++i)
    removals.push_back("k" + std::to_string(i));
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"x", "{}"}}, removals))));
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "6001");
}

// What the position promises, and no more: it is stored at most once a second.
TEST_F(CrateSinkTest, ThePositionIsStoredBehindTheRowsAndFoundAgain) {
  {
    const auto sink = make_crate_sink();
    ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}}))));
    ASSERT_TRUE(is_ok(sink->apply(make_batch({{"b", "{}"}}))));
    sink->release();
  }
  const std::unique_ptr<Sink> again = make_target_sink(crate_options());
  const auto stored = again->open();
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_EQ(stored.value(), make_checkpoint(2));
}

TEST_F(CrateSinkTest, ARowThatIsRefusedBecomesALetterAndAllOthersRows) {
  set_traps([](CrateTraps& traps) {
    traps.refused_keys["b"] = "Cannot cast `secret` to type `bigint`";
    traps.dropped_keys = {"c"};
  });
  const auto sink = make_crate_sink();
  Batch batch = make_batch({{"a", "{}"}, {"b", R"({"x":1})"}, {"c", "{}"}, {"d", "{}"}}, {"e"});
  const Status applied = sink->apply(batch);
  ASSERT_EQ(name_of(kind_of(applied)), "row_rejected");
  EXPECT_EQ(applied.error().message.find("secret"), std::string::npos);
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_EQ(batch.dead_letters.size(), 2U);
  EXPECT_EQ(batch.dead_letters[0].doc_key, "b");
  EXPECT_EQ(batch.dead_letters[0].document, R"({"x":1})");
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "a,d");
  EXPECT_EQ(sink->open_dead_letters(), 2U);
  EXPECT_EQ(look("SELECT doc_key || ' ' || reason FROM relay.dead_letter ORDER BY doc_key",
                 "relay.dead_letter"),
            "b rejected,c rejected");
}

TEST_F(CrateSinkTest, ALaterGoodVersionClosesALetterAndAReplayWritesNoSecond) {
  set_traps([](CrateTraps& traps) { traps.dropped_keys = {"a"}; });
  const auto sink = make_crate_sink();
  Batch batch = make_batch({{"a", "{}"}});
  ASSERT_FALSE(sink->apply(batch).ok());
  ASSERT_TRUE(is_ok(sink->isolate(batch, Grounds::refused)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(look("SELECT count(*) FROM relay.dead_letter", "relay.dead_letter"), "1");
  set_traps([](CrateTraps& traps) { traps.dropped_keys.clear(); });
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}}))));
  EXPECT_EQ(sink->open_dead_letters(), 0U);
  EXPECT_EQ(
      look("SELECT count(*) FROM relay.dead_letter WHERE closed_at IS NULL", "relay.dead_letter"),
      "0");
}

TEST_F(CrateSinkTest, ProgressOfSnapshotsIsStoredAndReplaced) {
  const SnapshotPart first{.table = "sales.orders", .part = 0, .state = SnapshotState::copying};
  const SnapshotPart second{.table = "sales.orders", .part = 1, .state = SnapshotState::copying};
  {
    const auto sink = make_crate_sink();
    ASSERT_TRUE(sink->load_snapshots().ok());
    Batch batch = make_batch({});
    batch.snapshots = {{.table = "sales.orders", .replaces_all = true, .parts = {first, second}}};
    ASSERT_TRUE(is_ok(sink->apply(batch)));
    SnapshotPart done = first;
    done.rows_done = 7;
    Batch next = make_batch({});
    next.snapshots = {{.table = "sales.orders", .replaces_all = true, .parts = {done}}};
    ASSERT_TRUE(is_ok(sink->apply(next)));
    sink->release();
  }
  const auto sink = make_crate_sink();
  const auto parts = sink->load_snapshots();
  ASSERT_TRUE(parts.ok());
  ASSERT_EQ(parts.value().size(), 1U);
  EXPECT_EQ(parts.value()[0].rows_done, 7U);
}

// Else it would be made again, and stay without its earlier rows.
TEST_F(CrateSinkTest, ATableThatIsGoneWaitsForItsCopyAgain) {
  const SnapshotPart first{.table = "sales.orders", .part = 0, .state = SnapshotState::copying};
  const SnapshotPart second{
      .table = "sales.orders", .part = 1, .rows_done = 7, .state = SnapshotState::done};
  const SnapshotPart other{.table = "sales.other", .state = SnapshotState::dropped};
  const auto sink = make_crate_sink();
  Batch batch = make_batch({});
  batch.snapshots = {{.table = "sales.orders", .replaces_all = true, .parts = {first, second}},
                     {.table = "sales.other", .replaces_all = true, .parts = {other}}};
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  const auto load = [&] {
    auto parts = sink->load_snapshots();
    EXPECT_TRUE(parts.ok());
    std::ranges::sort(parts.value(), {}, &SnapshotPart::table);
    return parts.value();
  };
  EXPECT_EQ(load(), (std::vector{first, second, other}));
  CrateClient(crate_uri("postgresql")).run("DROP TABLE sales.orders");
  const std::vector waiting{SnapshotPart{.table = "sales.orders"}, other};
  EXPECT_EQ(load(), waiting);
  EXPECT_EQ(load(), waiting);
}

TEST_F(CrateSinkTest, KeysAndSubColumnsAreReadBack) {
  set_traps([](CrateTraps& traps) { traps.hides_fresh_rows = true; });
  const auto sink = make_crate_sink();
  ASSERT_TRUE(is_ok(sink->apply(
      make_batch({{"a", R"({"n":1,"d":{"t":["x"]}})"}, {"b", R"({"n":2})"}, {"c", "{}"}}))));
  const auto page = sink->read_keys(crate_table_, "a", 5);
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_EQ(page.value().keys, (std::vector<std::string>{"b", "c"}));
  const auto columns = sink->read_sub_columns(crate_table_);
  ASSERT_TRUE(columns.ok()) << columns.error().message;
  std::string found;
  for (const SubColumn& column : columns.value()) {
    for (const std::string& name : column.path)
      found += name + ".";
    found += column.type + " ";
  }
  EXPECT_EQ(found, "d.object n.bigint d.t.text_array ");
}

// Also of rows that nobody but their keys would find.
TEST_F(CrateSinkTest, ATableIsEmptiedWithItsFreshRows) {
  set_traps([](CrateTraps& traps) { traps.hides_fresh_rows = true; });
  const auto sink = make_crate_sink();
  ASSERT_TRUE(is_ok(sink->apply(make_batch({{"a", "{}"}}))));
  Batch batch = make_batch({});
  batch.actions = {{TableAction::Kind::truncate, &crate_table_}};
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(keys(), "");
}

TEST_F(CrateSinkTest, ATableThatDoesNotFitIsNamedWithItsDifferences) {
  const auto sink = make_crate_sink();
  CrateClient client(crate_uri("postgresql"));
  client.run("DROP TABLE IF EXISTS sales.other");
  client.run("CREATE TABLE sales.other (oid text PRIMARY KEY, data text)");
  const TableMapping other{.from = {"a", "b"}, .to = {"sales", "other"}};
  const Status fits = sink->prepare(other);
  ASSERT_EQ(name_of(kind_of(fits)), "sink_refused");
  EXPECT_NE(fits.error().message.find("column data"), std::string::npos);
  EXPECT_NE(fits.error().message.find("column overflow"), std::string::npos);
}

}  // namespace
}  // namespace relay
