// Columns that are added to tables on CrateDB (evolve = "add"): whose they are, and what is left of
// an addition that was cut off.
#include "apply/crate_typed_fixture.h"

namespace relay {
namespace {

class CrateAddedColumnsTest : public CrateTypedTest {
 protected:
  static TableMapping growing() {
    TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
    mapping.columns = {column("oid", "text", true)};
    mapping.evolve = Evolve::add;
    return mapping;
  }
  static TableMapping grown(const std::string& name, const std::string& type) {
    TableMapping mapping = growing();
    mapping.columns.push_back(column(name, type));
    return mapping;
  }

  Batch batch_with_columns(const TableMapping& before,
                           const TableMapping& after,
                           const std::vector<BsonBuilder>& documents) {
    encode_for(after);
    Batch batch = batch_of(after, documents);
    batch.actions.push_back(
        {.kind = TableAction::Kind::add_column, .table = &after, .before = &before});
    return batch;
  }

  // "city Bern" of each row, in the order of the keys.
  std::string cities() {
    return look("SELECT oid || ' ' || coalesce(city, '-') FROM sales.orders ORDER BY oid");
  }
  std::string noted() {
    return look("SELECT col || ' ' || field || ' ' || type FROM relay.added_column ORDER BY col",
                "relay.added_column");
  }
  void run(const std::string& sql) {
    const std::string answer = CrateClient(crate_uri("postgresql")).run(sql);
    EXPECT_TRUE(answer.find(' ') == answer.rfind(' ')) << answer;
  }

  const TableMapping before_ = growing();
  const TableMapping after_ = grown("city", "text");
};

TEST_F(CrateAddedColumnsTest, AColumnIsThereBeforeItsRowsAndOnlyOnce) {
  const auto sink = make_sink_for(before_);
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before_, {doc(1)}))));
  const Batch batch = batch_with_columns(before_, after_, {doc(2).string("city", "Chur")});
  for (int i = 0; i < 2; ++i)
    ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(cities(), "1 -,2 Chur");
  EXPECT_EQ(noted(), "city city text");
  // Rows of before the column, and rows behind it; on a connection that has prepared neither.
  encode_for(before_);
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before_, {doc(3)}))));
  ASSERT_TRUE(sink->open().ok());
  ASSERT_TRUE(is_ok(sink->apply(batch_of(before_, {doc(4)}))));
  encode_for(after_);
  ASSERT_TRUE(is_ok(sink->apply(batch_of(after_, {doc(5).string("city", "Uri")}, {doc(3)}))));
  EXPECT_EQ(cities(), "1 -,2 Chur,4 -,5 Uri");
  sink->release();
  make_sink_for(after_);  // Fits.
}

TEST_F(CrateAddedColumnsTest, AddedColumnsAreReadBackWithTheirFields) {
  const auto sink = make_sink_for(before_);
  run("ALTER TABLE sales.orders ADD COLUMN free BIGINT, ADD COLUMN list ARRAY(TEXT)");
  TableMapping after = growing();
  after.columns.push_back({.name = "cut_name", .path = {"it's \\ a long name"}});
  after.columns.push_back({.name = "parts", .path = {"parts"}, .type = {.name = TypeName::json}});
  ASSERT_TRUE(is_ok(sink->apply(batch_with_columns(
      before_, after, {doc(1).document("parts", BsonBuilder().int32("a", 1))}))));
  const Result<LiveColumns> live = sink->read_live_columns(before_);
  ASSERT_TRUE(live.ok()) << live.error().message;
  const std::vector<ColumnMapping>& added = live.value().added;
  ASSERT_EQ(added.size(), 2U);
  EXPECT_EQ(added[0].name, "cut_name");
  EXPECT_EQ(added[0].path, FieldPath{"it's \\ a long name"});
  EXPECT_EQ(added[1].type, ColumnType{.name = TypeName::json});
  ASSERT_EQ(live.value().spare.size(), 2U) << "neither overflow nor parts['a']";
  EXPECT_EQ(live.value().spare[0].type, ColumnType{.name = TypeName::bigint});
  EXPECT_FALSE(live.value().spare[1].type.has_value()) << "no value may go there";
  TableMapping nowhere = growing();
  nowhere.to.table = "nowhere";
  EXPECT_TRUE(sink->read_live_columns(nowhere).value().added.empty());
}

// A process that ends behind ADD COLUMN: nobody knows whose the column is, and no row has a value.
TEST_F(CrateAddedColumnsTest, AnAdditionThatWasCutOffIsTakenUpAgain) {
  set_traps([](CrateTraps& traps) { traps.dies_after_alter = true; });
  const auto sink = make_sink_for(before_);
  const Batch batch = batch_with_columns(before_, after_, {doc(1).string("city", "Bern")});
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unavailable");
  double_.start();
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "0");
  EXPECT_EQ(noted(), "");
  ASSERT_TRUE(sink->open().ok());
  const Result<LiveColumns> live = sink->read_live_columns(before_);
  ASSERT_TRUE(live.ok()) << live.error().message;
  EXPECT_TRUE(live.value().added.empty());
  ASSERT_EQ(live.value().spare.size(), 1U);
  EXPECT_EQ(live.value().spare[0].type, ColumnType{.name = TypeName::text});
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(cities(), "1 Bern");
  EXPECT_EQ(noted(), "city city text");
}

// Else a restart would take the column for the user's, and leave old values in it.
TEST_F(CrateAddedColumnsTest, NoRowIsWrittenBeforeItIsNotedWhoseTheColumnIs) {
  set_traps([](CrateTraps& traps) { traps.refused_keys["sales.orders"] = "a text of tomorrow"; });
  const auto sink = make_sink_for(before_);
  const Batch batch = batch_with_columns(before_, after_, {doc(1).string("city", "Bern")});
  EXPECT_EQ(name_of(kind_of(sink->apply(batch))), "sink_unknown");
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "0");
  double_.set_traps([](CrateTraps& traps) { traps = {}; });
  ASSERT_TRUE(is_ok(sink->apply(batch)));
  EXPECT_EQ(cities(), "1 Bern");
}

TEST_F(CrateAddedColumnsTest, AColumnThatIsThereWithAnotherTypeStopsTheRelay) {
  const auto sink = make_sink_for(before_);
  run("ALTER TABLE sales.orders ADD COLUMN city BIGINT");
  const Status applied =
      sink->apply(batch_with_columns(before_, after_, {doc(1).string("city", "Bern")}));
  EXPECT_EQ(name_of(kind_of(applied)), "sink_refused");
  EXPECT_NE(applied.error().message.find("column city: expected text, found bigint"),
            std::string::npos)
      << applied.error().message;
  EXPECT_EQ(look("SELECT count(*) FROM sales.orders"), "0");
  EXPECT_EQ(noted(), "");
}

// What was noted of a column that is gone says nothing about a new one of its name.
TEST_F(CrateAddedColumnsTest, AColumnThatWasDroppedIsForgotten) {
  const auto sink = make_sink_for(before_);
  ASSERT_TRUE(
      is_ok(sink->apply(batch_with_columns(before_, after_, {doc(1).string("city", "Bern")}))));
  run("ALTER TABLE sales.orders DROP COLUMN city");
  sink->release();
  const auto next = make_sink_for(before_);
  EXPECT_EQ(noted(), "");
  run("ALTER TABLE sales.orders ADD COLUMN city TEXT");
  const Result<LiveColumns> live = next->read_live_columns(before_);
  ASSERT_TRUE(live.ok());
  EXPECT_TRUE(live.value().added.empty());
  EXPECT_EQ(live.value().spare.size(), 1U);
}

// A column of that name may have been dropped and made anew by its owner, with another type.
TEST_F(CrateAddedColumnsTest, AColumnOfAnotherTypeThanItWasAddedWithIsSomebodyElses) {
  const auto sink = make_sink_for(before_);
  ASSERT_TRUE(
      is_ok(sink->apply(batch_with_columns(before_, after_, {doc(1).string("city", "Bern")}))));
  run("ALTER TABLE sales.orders DROP COLUMN city");
  run("ALTER TABLE sales.orders ADD COLUMN city BOOLEAN");
  const Result<LiveColumns> live = sink->read_live_columns(before_);
  ASSERT_TRUE(live.ok());
  EXPECT_TRUE(live.value().added.empty());
}

// Not a retry for ever, and not a row without its value.
TEST_F(CrateAddedColumnsTest, ATableThatTakesNoMoreColumnsSaysSo) {
  const auto sink = make_sink_for(before_);
  std::string many;
  for (int i = 0; i < 997; ++i)
    many += (i == 0 ? "" : ", ") + std::string("ADD COLUMN c") + std::to_string(i) + " BIGINT";
  run("ALTER TABLE sales.orders " + many);
  const Status applied =
      sink->apply(batch_with_columns(before_, after_, {doc(1).string("city", "Bern")}));
  EXPECT_EQ(name_of(kind_of(applied)), "sink_unknown");
  EXPECT_NE(applied.error().message.find("Limit of total columns"), std::string::npos)
      << applied.error().message;
}

}  // namespace
}  // namespace relay
