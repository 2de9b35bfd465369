// The promise about positions as a function: whatever the stored position says is done, is done.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace relay {

enum class RecordedKind : std::uint8_t { whole, update, removal };  // whole: insert or replace.

// One event of the source's own change stream.
struct RecordedEvent {
  std::string token;  // Hex text; the server makes it so that it sorts as the events do.
  RecordedKind kind = RecordedKind::whole;
  std::int64_t sequence = 0;  // That the writer gave this version; rising within a key.
};

// Of each key, all events in order.
using History = std::map<std::int64_t, std::vector<RecordedEvent>>;

// Key and sequence of each row of the table.
using SequenceByKey = std::map<std::int64_t, std::int64_t>;

// Every way in which the rows contradict the position they were read with. What comes behind the
// position may show only where an update was looked up: then the row may be newer, or gone, when
// the history says so. `history` has to reach beyond the moment the rows were read.
std::vector<std::string> find_violations(const History& history,
                                         const std::string& position_token,
                                         const SequenceByKey& rows);

// The same for a target whose position follows its rows: a row may be of any moment behind the
// position, and of none before.
std::vector<std::string> find_losses(const History& history,
                                     const std::string& position_token,
                                     const SequenceByKey& rows);

}  // namespace relay
