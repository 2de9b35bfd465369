// Progress of snapshots: stored with the rows, read back to the byte.
#include "apply/sink_fixture.h"

namespace relay {
namespace {

using namespace std::string_literals;

const std::string kDocument("\x0e\0\0\0\x10_id\0\x07\0\0\0\0", 14);

class SinkSnapshotTest : public SinkTest {
 protected:
  static SnapshotPart part(int number, std::uint64_t rows_done = 0) {
    return {.table = "sales.orders",
            .part = number,
            .next = {.document = kDocument, .is_exclusive = true},
            .end = {.document = kDocument, .is_exclusive = false},
            .next_row = "'); \xE2\x82\xAC",
            .rows_done = rows_done,
            .rows_estimated = 1'000'000'000'000,
            .state = SnapshotState::copying};
  }

  static std::vector<SnapshotPart> load(Sink& sink) {
    const auto loaded = sink.load_snapshots();
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error().message);
    return loaded.ok() ? loaded.value() : std::vector<SnapshotPart>{};
  }

  // An empty batch with these parts.
  Batch batch_with(std::vector<SnapshotPart> parts, bool replaces_all = false) {
    Batch batch = batch_({});
    batch.snapshots.push_back(
        {.table = "sales.orders", .replaces_all = replaces_all, .parts = std::move(parts)});
    return batch;
  }
};

TEST_F(SinkSnapshotTest, PartsComeBackAsTheyWere) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  EXPECT_TRUE(load(*sink).empty());
  SnapshotPart bare{.table = "sales.orders", .part = 1, .state = SnapshotState::waiting};
  ASSERT_TRUE(is_ok(sink->apply(batch_with({bare, part(0)}))));
  EXPECT_EQ(load(*make_ready_sink()), (std::vector{part(0), bare}));
}

// Somebody has dropped it: the position is behind all its rows, so only a copy brings them back.
TEST_F(SinkSnapshotTest, ATableThatIsGoneWaitsForItsCopyAgain) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  SnapshotPart done{
      .table = "sales.orders", .part = 1, .rows_done = 7, .state = SnapshotState::done};
  SnapshotPart other{.table = "sales.other", .state = SnapshotState::dropped};
  Batch batch = batch_with({part(0, 3), done});
  batch.snapshots.push_back({.table = "sales.other", .replaces_all = true, .parts = {other}});
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(load(*sink), (std::vector{part(0, 3), done, other}));
  look_.run("DROP TABLE sales.orders");
  const std::vector waiting{SnapshotPart{.table = "sales.orders"}, other};
  EXPECT_EQ(load(*sink), waiting);
  EXPECT_EQ(load(*sink), waiting);
}

TEST_F(SinkSnapshotTest, EveryStateComesBack) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  for (const SnapshotState state : {SnapshotState::waiting,
                                    SnapshotState::copying,
                                    SnapshotState::merging,
                                    SnapshotState::sweeping,
                                    SnapshotState::done,
                                    SnapshotState::dropped}) {
    SnapshotPart changed = part(0);
    changed.state = state;
    ASSERT_TRUE(is_ok(sink->apply(batch_with({changed}))));
    EXPECT_EQ(load(*sink), std::vector{changed});
  }
}

TEST_F(SinkSnapshotTest, AnUpdateTouchesOnlyItsParts) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_with({part(0), part(1)}))));
  ASSERT_TRUE(is_ok(sink->apply(batch_with({part(1, 50)}))));
  EXPECT_EQ(load(*sink), (std::vector{part(0), part(1, 50)}));
}

TEST_F(SinkSnapshotTest, ReplacingAllForgetsTheOtherPartsOfThisTableAndStreamAlone) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  ASSERT_TRUE(is_ok(sink->apply(batch_with({part(0), part(1), part(2)}))));
  look_.run(
      "INSERT INTO relay.snapshot (stream, tbl, part, state) VALUES "
      "('main', 'sales.users', 0, 'done'), ('side', 'sales.orders', 0, 'done')");
  ASSERT_TRUE(is_ok(sink->apply(batch_with({part(1, 9)}, true))));
  EXPECT_EQ(look_.cell("SELECT string_agg(stream || ' ' || tbl || ' ' || part || ' ' || rows_done, "
                       "', ' ORDER BY stream, tbl) FROM relay.snapshot"),
            "main sales.orders 1 9, main sales.users 0 0, side sales.orders 0 0");
  ASSERT_TRUE(is_ok(sink->apply(batch_with({}, true))));
  EXPECT_EQ(look_.cell("SELECT count(*) FROM relay.snapshot WHERE tbl = 'sales.orders'"), "1");
}

TEST_F(SinkSnapshotTest, ProgressIsThereTogetherWithItsRowsOrNotAtAll) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  Batch refused = batch_({{"a", "no JSON"}});
  refused.snapshots = batch_with({part(0)}).snapshots;
  EXPECT_EQ(name_of(kind_of(sink->apply(refused))), "row_rejected");
  EXPECT_TRUE(load(*sink).empty());
  Batch good = batch_({{"a", "{}"}});
  good.snapshots = refused.snapshots;
  ASSERT_TRUE(is_ok(sink->apply(good)));
  EXPECT_EQ(look_.cell("SELECT (SELECT xmin::text FROM relay.snapshot) = (SELECT xmin::text FROM "
                       "sales.orders)"),
            "t");
}

TEST_F(SinkSnapshotTest, ARowThatNobodyCanReadIsNamed) {
  const std::unique_ptr<Sink> sink = make_ready_sink();
  for (const std::string damage : {"next_key = 'from:0'",
                                   "end_key = 'before:00'",
                                   "state = 'copied'",
                                   "rows_done = -1",
                                   "rows_estimated = -1"}) {
    ASSERT_TRUE(is_ok(sink->apply(batch_with({part(0), part(1)}))));
    look_.run("UPDATE relay.snapshot SET " + damage + " WHERE part = 1");
    const auto loaded = sink->load_snapshots();
    ASSERT_EQ(name_of(kind_of(loaded)), "sink_refused") << damage;
    EXPECT_NE(loaded.error().message.find("tbl=sales.orders part=1"), std::string::npos)
        << loaded.error().message;
  }
}

TEST_F(SinkSnapshotTest, ATableOfTheEarlierFormGetsItsColumns) {
  look_.run("CREATE SCHEMA relay; CREATE SCHEMA s; CREATE TABLE s.t ()");
  look_.run(
      "CREATE TABLE relay.snapshot (stream TEXT NOT NULL, tbl TEXT NOT NULL, part INTEGER NOT "
      "NULL, next_key TEXT, rows_done BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL, updated_at "
      "TIMESTAMPTZ NOT NULL DEFAULT now(), PRIMARY KEY (stream, tbl, part))");
  look_.run(
      "INSERT INTO relay.snapshot (stream, tbl, part, state) VALUES ('main', 's.t', 3, 'done')");
  const std::unique_ptr<Sink> sink = make_ready_sink();
  EXPECT_EQ(load(*sink),
            (std::vector{SnapshotPart{.table = "s.t", .part = 3, .state = SnapshotState::done}}));
  ASSERT_TRUE(is_ok(sink->apply(batch_with({part(0)}))));
}

TEST_F(SinkSnapshotTest, WithoutAConnectionThereIsNothingToLoad) {
  EXPECT_EQ(name_of(kind_of(make_sink()->load_snapshots())), "sink_unavailable");
}

}  // namespace
}  // namespace relay
