// What a barrier does to the stored snapshot of its table.
#pragma once

#include "core/snapshot.h"
#include "plan/batch_builder.h"

namespace relay {

// One part that stands for the whole table; replaces all others.
inline SnapshotUpdate make_update(const TableMapping& table, SnapshotState state) {
  const std::string name = format_table(table.to);
  return {.table = name, .replaces_all = true, .parts = {{.table = name, .state = state}}};
}

inline SnapshotState state_after(Barrier barrier) {
  switch (barrier) {
    case Barrier::left:
      return SnapshotState::dropped;
    case Barrier::replaced:
      return SnapshotState::waiting;
    case Barrier::none:
    case Barrier::emptied:
    case Barrier::created:
    case Barrier::refused:
      break;
  }
  return SnapshotState::done;
}

}  // namespace relay
