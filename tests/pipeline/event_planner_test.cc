#include "pipeline/event_planner.h"

#include <gtest/gtest.h>

#include "apply/postgres_sink.h"
#include "support/fake_oplog.h"
#include "support/fake_source.h"

namespace relay {
namespace {

class EventPlannerTest : public testing::Test {
 protected:
  static TableMap make_map() {
    Result<TableMap> made =
        TableMap::make({{.from = "shop.orders", .to = ""},
                        {.from = "logs.*", .to = ""},
                        {.from = "events.*", .to = "", .mode = MappingMode::append}});
    CHECK(made.ok(), "valid rules");
    return std::move(made.value());
  }

  // The barriers that the event has led to.
  std::vector<Barrier> plan(OperationType operation,
                            const std::string& collection,
                            const std::string& to = "",
                            const std::string& database = "shop") {
    ChangeEvent event;
    event.operation = operation;
    event.ns = {database, collection};
    if (!to.empty()) event.to = {database, to};
    event.token = {.data = "82", .type_bits = {}};
    const std::size_t before = builder.writes().size();
    EXPECT_TRUE(planner.plan(event, ++ordinal).ok());
    std::vector<Barrier> barriers;
    for (std::size_t i = before; i < builder.writes().size(); ++i)
      barriers.push_back(builder.writes()[i].barrier);
    return barriers;
  }

  FakeRandom random{1};
  FakeOplog oplog;
  FakeSource source{oplog, random};
  Progress progress;
  TableMap tables = make_map();
  SnapshotBoard board;
  std::unique_ptr<Sink> sink = PostgresSink::make(
      {.uri = Secret("postgresql://nobody"), .stream = "main", .owner = "nobody"});
  BatchMaker maker{source, *sink, progress, 1'000};
  BatchBuilder builder{{}};
  EventPlanner planner{{.tables = tables, .board = board, .maker = maker, .builder = builder}};
  std::uint64_t ordinal = 0;
};

using Barriers = std::vector<Barrier>;

TEST_F(EventPlannerTest, ADroppedCollectionLeavesItsRows) {
  planner.note_settled(tables.known().front());
  EXPECT_EQ(plan(OperationType::drop, "orders"), Barriers{Barrier::left});
  EXPECT_EQ(board.state_of(*tables.known().front()), SnapshotState::dropped);
}

TEST_F(EventPlannerTest, ACollectionThatComesBackIsCopiedAgain) {
  planner.note_settled(tables.known().front());
  plan(OperationType::drop, "orders");
  EXPECT_EQ(plan(OperationType::create, "orders"), Barriers{Barrier::replaced});
  EXPECT_EQ(plan(OperationType::create, "orders"), Barriers{});
}

TEST_F(EventPlannerTest, ARenameOntoACollectionReplacesIt) {
  planner.note_settled(tables.known().front());
  EXPECT_EQ(plan(OperationType::rename, "elsewhere", "orders"), Barriers{Barrier::replaced});
  EXPECT_EQ(plan(OperationType::rename, "orders", "elsewhere"), Barriers{Barrier::left});
}

TEST_F(EventPlannerTest, ACollectionOfAPatternBeginsWithItsFirstEvent) {
  EXPECT_EQ(plan(OperationType::create, "today", "", "logs"), Barriers{Barrier::created});
  EXPECT_EQ(plan(OperationType::create, "today", "", "logs"), Barriers{});
  ASSERT_EQ(tables.known().size(), 2U);
  EXPECT_EQ(board.state_of(*tables.known()[1]), SnapshotState::done) << "nothing to copy";
}

TEST_F(EventPlannerTest, WhatNeverHadATableIsDroppedWithoutOne) {
  EXPECT_EQ(plan(OperationType::drop, "yesterday", "", "logs"), Barriers{});
}

TEST_F(EventPlannerTest, AViewGetsNoTable) {
  // {viewOn: ""}
  const std::string view("\x12\0\0\0\x02viewOn\0\x01\0\0\0\0\0", 18);
  ChangeEvent event;
  event.operation = OperationType::create;
  event.ns = {"logs", "today"};
  event.token = {.data = "82", .type_bits = {}};
  event.operation_description = {reinterpret_cast<const std::uint8_t*>(view.data()), view.size()};
  EXPECT_TRUE(planner.plan(event, ++ordinal).ok());
  EXPECT_TRUE(builder.is_empty());
  EXPECT_EQ(tables.known().size(), 1U);
}

// {a: true}
TEST_F(EventPlannerTest, ALogKeepsWhatAnEventSaysItChanged) {
  const std::string bytes(
      "\x09\0\0\0\x08"
      "a\0\x01\0",
      9);
  const RawDocument change = {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
  ChangeEvent event;
  event.operation = OperationType::update;
  event.ns = {"events", "orders"};
  event.token = {.data = "82", .type_bits = {}};
  event.document_key = change;
  event.update_description = change;
  EXPECT_TRUE(planner.plan(event, ++ordinal).ok());
  ASSERT_EQ(builder.writes().back().change.size(), 9U);
  event.operation = OperationType::modify;
  event.update_description = {};
  event.operation_description = change;
  EXPECT_TRUE(planner.plan(event, ++ordinal).ok());
  EXPECT_EQ(builder.writes().back().change.size(), 9U);
}

TEST_F(EventPlannerTest, OtherTypesAreCountedAndPassedOver) {
  EXPECT_EQ(plan(OperationType::unknown, "orders"), Barriers{});
  EXPECT_EQ(plan(OperationType::drop_database, ""), Barriers{});
  constexpr auto kUnknown = static_cast<std::size_t>(OperationType::unknown);
  EXPECT_EQ(planner.take_counts().at("shop.orders").events[kUnknown], 1U);
  EXPECT_EQ(planner.take_counts().at("shop.orders").events[kUnknown], 0U);
}

}  // namespace
}  // namespace relay
