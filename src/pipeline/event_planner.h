// EventPlanner: change events to planned writes: which tables an event concerns, and what it means
// for each.
//
// Rows become upserts, removals or look-ups. What happens to a whole collection becomes a barrier,
// ordered against the rows before and after it:
//
//   drop, rename away        on_drop: the rows stay, go, or the relay stops
//   rename onto ($out,       the table is copied again and what vanished is removed
//     convertToCapped)
//   create, or a first row   after a drop whose rows stayed: the same
//
// Other types are counted and passed over. One thread: the assembling one.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>

#include "core/change_event.h"
#include "core/result.h"
#include "mapping/table_map.h"
#include "pipeline/batch_maker.h"
#include "pipeline/progress.h"
#include "pipeline/snapshot_board.h"
#include "plan/batch_builder.h"

namespace relay {

class EventPlanner {
 public:
  struct Links {  // All outlive the planner.
    TableMap& tables;
    SnapshotBoard& board;
    BatchMaker& maker;
    BatchBuilder& builder;
  };
  explicit EventPlanner(Links links) : links_(links) {}

  // Adds the writes of the event to the builder. `ordinal`: of the event, counted from 1.
  // config_invalid: two collections would feed one table.
  Status plan(const ChangeEvent& event, std::uint64_t ordinal);

  // The table is known, and its snapshot has a state.
  void note_settled(const TableMapping* table) { settled_.insert(table); }
  // Its collection went away behind the stream's back: when it comes, that is news.
  void note_left(const TableMapping* table) {
    settled_.erase(table);
    last_settled_ = nullptr;
  }

  // `next` is a newer mapping of the same table.
  void replace_table(const TableMapping* old, const TableMapping* next);

  // Events by table and type, since the last call.
  TableCountMap take_counts();

 private:
  Status plan_row(const ChangeEvent& event, PlannedWrite write);
  Status plan_dropped(const ChangeEvent& event, PlannedWrite write);
  Status plan_replaced(const ChangeEvent& event, NamespaceView ns, PlannedWrite write);
  Status plan_created(const ChangeEvent& event, PlannedWrite write);
  void make_log_row(const ChangeEvent& event, PlannedWrite& write) const;
  void add_log_rows(const ChangeEvent& event,
                    std::span<const TableMapping* const> tables,
                    PlannedWrite write);
  void add_barrier(const ChangeEvent& event,
                   const TableMapping* table,
                   Barrier barrier,
                   PlannedWrite write);
  void count(const TableMapping* table, OperationType operation);
  void settle(const ChangeEvent& event, const TableMapping* table, const PlannedWrite& write);

  Links links_;
  std::map<const TableMapping*, OperationCounts> counts_;
  OperationCounts* last_counts_ = nullptr;  // Of last_counted_, which is usually the next one too.
  const TableMapping* last_counted_ = nullptr;
  std::set<const TableMapping*> settled_;  // Their collection exists, as far as we know.
  const TableMapping* last_settled_ = nullptr;
};

}  // namespace relay
