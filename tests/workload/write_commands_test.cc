#include "workload/write_commands.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "workload/bson_text.h"
#include "workload/bson_writer.h"
#include "workload/write_generator.h"

namespace relay {
namespace {

std::string document(std::string_view key, std::int32_t value) {
  std::string out;
  BsonWriter bson(out);
  bson.begin_document();
  bson.add_int32(key, value);
  bson.end();
  return out;
}

WorkloadWrite make(OperationType operation, std::int32_t key, std::uint32_t collection = 0) {
  return {.operation = operation,
          .collection = collection,
          .key = document("_id", key),
          .body = operation == OperationType::delete_ ? "" : document("body", key)};
}

// "insert 0: 0 2": kind, collection, and the writes in order.
std::vector<std::string> plan(const std::vector<WorkloadWrite>& batch) {
  constexpr std::array kNames = {"insert", "update", "remove"};
  std::vector<std::string> lines;
  for (const WriteCommand& command : plan_commands(batch)) {
    std::string line = kNames.at(static_cast<std::size_t>(command.kind));
    line += " " + std::to_string(command.collection) + ":";
    for (const std::uint32_t index : command.writes)
      line += " " + std::to_string(index);
    lines.push_back(line);
  }
  return lines;
}

using Lines = std::vector<std::string>;
constexpr auto kInsert = OperationType::insert;
constexpr auto kUpdate = OperationType::update;
constexpr auto kReplace = OperationType::replace;
constexpr auto kDelete = OperationType::delete_;

TEST(WriteCommandsTest, OperationsOfDifferentDocumentsShareCommands) {
  EXPECT_EQ(plan({make(kDelete, 1),
                  make(kInsert, 2),
                  make(kUpdate, 3),
                  make(kInsert, 4),
                  make(kReplace, 5)}),
            (Lines{"insert 0: 1 3", "update 0: 2 4", "remove 0: 0"}));
}

TEST(WriteCommandsTest, OperationsOfOneDocumentKeepTheirOrder) {
  EXPECT_EQ(plan({make(kUpdate, 1),
                  make(kDelete, 1),
                  make(kInsert, 1),
                  make(kReplace, 1),
                  make(kUpdate, 1)}),
            (Lines{"update 0: 0", "remove 0: 1", "insert 0: 2", "update 0: 3 4"}));
}

TEST(WriteCommandsTest, CollectionsAreKeptApartEvenWithEqualKeys) {
  EXPECT_EQ(plan({make(kUpdate, 1, 1), make(kInsert, 1, 0), make(kInsert, 2, 1)}),
            (Lines{"insert 0: 1", "insert 1: 2", "update 1: 0"}));
}

TEST(WriteCommandsTest, AnEmptyBatchNeedsNoCommand) {
  EXPECT_EQ(plan({}), Lines{});
}

// The claim of the header, on what the generator really makes.
TEST(WriteCommandsTest, EveryWriteIsInOneCommandAndNoDocumentIsReordered) {
  WriteGenerator generator({.seed = 5}, 0);
  std::vector<WorkloadWrite> batch(1'000);
  for (int round = 0; round < 5; ++round) {
    for (WorkloadWrite& write : batch)
      generator.next(write);
    std::map<std::string, std::uint32_t> last;
    std::vector<std::uint32_t> seen;
    const std::vector<WriteCommand> commands = plan_commands(batch);
    for (const WriteCommand& command : commands) {
      for (const std::uint32_t index : command.writes) {
        seen.push_back(index);
        const auto [place, is_new] = last.try_emplace(batch[index].key, index);
        EXPECT_TRUE(is_new || place->second < index);
        place->second = index;
      }
    }
    std::sort(seen.begin(), seen.end());
    ASSERT_EQ(seen.size(), batch.size());
    for (std::uint32_t i = 0; i < seen.size(); ++i)
      ASSERT_EQ(seen[i], i);
    EXPECT_LE(commands.size(), 20U) << "so few that the source is not asked once for each write";
  }
}

TEST(WriteCommandsTest, CommandsAreWhatTheServerExpects) {
  const std::vector<WorkloadWrite> batch = {make(kInsert, 1), make(kUpdate, 2), make(kDelete, 3)};
  const CommandTarget target{.collection = "orders", .transaction_number = 9};
  const std::string tail =
      R"("ordered" : true, "writeConcern" : { "w" : "majority" }, "txnNumber" : { "$numberLong" : "9" } })";
  const auto text = [&](CommandKind kind, std::uint32_t index) {
    return to_json(
        format_command(batch, {.kind = kind, .collection = 0, .writes = {index}}, target));
  };
  EXPECT_EQ(
      text(CommandKind::insert, 0),
      R"({ "insert" : "orders", "documents" : [ { "body" : { "$numberInt" : "1" } } ], )" + tail);
  EXPECT_EQ(text(CommandKind::update, 1),
            R"({ "update" : "orders", "updates" : [ { "q" : { "_id" : { "$numberInt" : "2" } }, )"
            R"("u" : { "body" : { "$numberInt" : "2" } } } ], )" +
                tail);
  EXPECT_EQ(text(CommandKind::remove, 2),
            R"({ "delete" : "orders", "deletes" : [ { "q" : { "_id" : { "$numberInt" : "3" } }, )"
            R"("limit" : { "$numberInt" : "1" } } ], )" +
                tail);
}

}  // namespace
}  // namespace relay
