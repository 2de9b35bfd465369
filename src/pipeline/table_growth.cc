#include "pipeline/table_growth.h"

namespace relay {

Status TableGrowth::read(const TableMapping* table) {
  Result<LiveColumns> live = sink_.read_live_columns(*table);
  if (!live.ok()) return live.error();
  read_.insert(table->to);
  const TableMapping* const old = tables_.current(table);
  replaced_.emplace_back(old, tables_.take_live_columns(old, std::move(live.value())));
  return ok_status();
}

void TableGrowth::add(const TableMapping* table, std::vector<ColumnMapping> columns) {
  const TableMapping* const old = tables_.current(table);
  const TableMapping* const next = tables_.add_columns(old, std::move(columns));
  replaced_.emplace_back(old, next);
  added_.try_emplace(table->to, old, next).first->second.second = next;
}

void TableGrowth::put_actions(Batch& batch) {
  std::vector<TableAction> actions;
  for (const auto& [name, mappings] : std::exchange(added_, {})) {
    actions.push_back({.kind = TableAction::Kind::add_column,
                       .table = mappings.second,
                       .before = mappings.first});
  }
  batch.actions.insert(batch.actions.begin(), actions.begin(), actions.end());
}

}  // namespace relay
