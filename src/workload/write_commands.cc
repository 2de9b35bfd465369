#include "workload/write_commands.h"

#include <array>
#include <string_view>
#include <unordered_map>

#include "core/check.h"
#include "workload/bson_writer.h"

namespace relay {

namespace {

constexpr std::size_t kKindCount = 3;

CommandKind kind_of(OperationType operation) {
  if (operation == OperationType::insert) return CommandKind::insert;
  if (operation == OperationType::delete_) return CommandKind::remove;
  CHECK(operation == OperationType::update || operation == OperationType::replace, "a write");
  return CommandKind::update;
}

// Commands of one collection stand in steps that repeat insert, update, remove. A write goes to the
// first step of its kind that is not before the step of the same document's previous write.
class CollectionPlan {
 public:
  void add(const WorkloadWrite& write, std::uint32_t index) {
    const auto kind = static_cast<std::size_t>(kind_of(write.operation));
    std::size_t& step = step_of_key_.try_emplace(write.key, 0).first->second;
    step += (kind + kKindCount - step % kKindCount) % kKindCount;
    if (steps_.size() <= step) steps_.resize(step + 1);
    steps_[step].push_back(index);
  }

  void append_to(std::vector<WriteCommand>& commands, std::uint32_t collection) {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].empty()) continue;
      commands.push_back({.kind = static_cast<CommandKind>(i % kKindCount),
                          .collection = collection,
                          .writes = std::move(steps_[i])});
    }
  }

 private:
  std::unordered_map<std::string_view, std::size_t> step_of_key_;  // Views into the batch.
  std::vector<std::vector<std::uint32_t>> steps_;
};

struct CommandWords {
  std::string_view verb;
  std::string_view list;
};

constexpr std::array<CommandWords, kKindCount> kWords = {CommandWords{"insert", "documents"},
                                                         CommandWords{"update", "updates"},
                                                         CommandWords{"delete", "deletes"}};

void write_statement(const WorkloadWrite& write,
                     CommandKind kind,
                     std::string_view key,
                     BsonWriter& bson) {
  if (kind == CommandKind::insert) {
    bson.add_document(key, write.body);
    return;
  }
  bson.begin_document(key);
  bson.add_document("q", write.key);
  if (kind == CommandKind::update) {
    bson.add_document("u", write.body);
  } else {
    bson.add_int32("limit", 1);
  }
  bson.end();
}

}  // namespace

std::vector<WriteCommand> plan_commands(std::span<const WorkloadWrite> batch) {
  std::vector<CollectionPlan> plans;
  for (std::uint32_t i = 0; i < batch.size(); ++i) {
    if (plans.size() <= batch[i].collection) plans.resize(batch[i].collection + 1);
    plans[batch[i].collection].add(batch[i], i);
  }
  std::vector<WriteCommand> commands;
  for (std::uint32_t i = 0; i < plans.size(); ++i)
    plans[i].append_to(commands, i);
  return commands;
}

std::string format_command(std::span<const WorkloadWrite> batch,
                           const WriteCommand& command,
                           const CommandTarget& target) {
  const CommandWords& words = kWords.at(static_cast<std::size_t>(command.kind));
  std::string out;
  BsonWriter bson(out);
  bson.begin_document();
  bson.add_text(words.verb, target.collection);
  bson.begin_array(words.list);
  for (std::size_t i = 0; i < command.writes.size(); ++i) {
    write_statement(batch[command.writes[i]], command.kind, std::to_string(i), bson);
  }
  bson.end();
  bson.add_bool("ordered", true);
  bson.begin_document("writeConcern");
  bson.add_text("w", "majority");
  bson.end();
  bson.add_int64("txnNumber", target.transaction_number);
  bson.end();
  return out;
}

}  // namespace relay
