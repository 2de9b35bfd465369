// From a batch of operations to few commands: all inserts of a collection in one, all updates and
// replaces in one, all deletes in one.
//
// Invariant: the operations of one document keep their order. Operations of different documents may
// change places, within the batch, which cannot change the result.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "workload/workload_write.h"

namespace relay {

enum class CommandKind : std::uint8_t { insert, update, remove };

struct WriteCommand {
  CommandKind kind = CommandKind::insert;
  std::uint32_t collection = 0;
  std::vector<std::uint32_t> writes;  // Indices into the batch, in its order.
};

// In the order in which they have to run.
std::vector<WriteCommand> plan_commands(std::span<const WorkloadWrite> batch);

// Where a command goes, and its number among the session's retryable writes.
struct CommandTarget {
  std::string collection;
  std::int64_t transaction_number = 0;
};

// The command as BSON: ordered, w: majority. The session is added by whoever runs it.
std::string format_command(std::span<const WorkloadWrite> batch,
                           const WriteCommand& command,
                           const CommandTarget& target);

}  // namespace relay
