// Snapshot: how far the copy of a table has come, as it is stored in the target next to its rows.
//
// A table's snapshot is a few parts, each a range of `_id`s that is copied in order. The parts that
// are stored for a table are all there are: the last row of each says where it goes on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/cluster_time.h"

namespace relay {

// An `_id` where a range begins or ends.
struct KeyBound {
  // BSON document {_id: value}, its bytes. Empty: before the first, or behind the last document.
  std::string document{};
  // As the beginning of a range: true when the document with this _id is not in it. Never set for
  // the end of a range, which is always exclusive.
  bool is_exclusive = false;

  bool operator==(const KeyBound&) const = default;
};

// "" for an empty one, else "from:HEX" or "after:HEX".
std::string format_key_bound(const KeyBound& bound);
// False: not such a text; `bound` is as before then.
[[nodiscard]] bool parse_key_bound(const std::string& text, KeyBound& bound);

enum class SnapshotState : std::uint8_t {
  waiting,   // Asked for; ranges are not chosen yet.
  copying,   // Into a table that was empty.
  merging,   // Into a table with rows; rows that vanished are swept away afterwards.
  sweeping,  // All documents are in; keys of the table are compared with the collection's.
  done,
  dropped,  // The collection was dropped or renamed away, and the rows stayed (on_drop = "keep").
};

// The state's own name: "waiting".
std::string format_snapshot_state(SnapshotState state);
[[nodiscard]] bool parse_snapshot_state(const std::string& text, SnapshotState& state);

struct SnapshotPart {
  std::string table{};  // "schema.table" of the target.
  int part = 0;
  KeyBound next{};         // Where the part goes on. While sweeping: unused.
  KeyBound end{};          // Exclusive; empty: the end of the collection.
  std::string next_row{};  // Sweeping: key text of the last row compared. Empty: none yet.
  std::uint64_t rows_done = 0;
  std::uint64_t rows_estimated = 0;  // Of this part; 0: not known.
  SnapshotState state = SnapshotState::waiting;

  bool operator==(const SnapshotPart&) const = default;
};

// What a batch changes about the stored parts of a table, in the transaction of its rows.
struct SnapshotUpdate {
  std::string table{};
  bool replaces_all = false;  // The parts given are all the table has from now on.
  std::vector<SnapshotPart> parts{};
};

}  // namespace relay
