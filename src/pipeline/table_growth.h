// TableGrowth: mappings that get columns while the stream runs (evolve = "add").
//
//   before the first row of a table   what the target has of it becomes part of the mapping, so
//   that
//                                     a restart knows the columns that were added before it
//   a row needs a column              the mapping gets it; the next batch adds it to the table,
//                                     ahead of its rows and in their transaction
//
// Invariant: the columns of a mapping are in the target, or added by a batch that goes before every
// row of the mapping, or by the batch of its first row itself.
//
// One thread: the assembling one.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "apply/sink.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_map.h"

namespace relay {

class TableGrowth {
 public:
  using Replacement = std::pair<const TableMapping*, const TableMapping*>;  // Old, new.

  // Both outlive this.
  TableGrowth(TableMap& tables, Sink& sink) : tables_(tables), sink_(sink) {}

  // True: nothing is known yet of what the target has of this table.
  [[nodiscard]] bool is_unread(const TableMapping& table) const {
    return table.evolve == Evolve::add && !read_.contains(table.to);
  }
  // Asks the target. Errors are of the sink.
  Status read(const TableMapping* table);

  void add(const TableMapping* table, std::vector<ColumnMapping> columns);

  [[nodiscard]] const TableMapping* current(const TableMapping* table) const {
    return tables_.current(table);
  }

  // What was replaced since the last call, in its order.
  std::vector<Replacement> take_replaced() { return std::exchange(replaced_, {}); }

  // The batch is handed on: it adds the columns that no batch before it has added.
  void put_actions(Batch& batch);

 private:
  TableMap& tables_;
  Sink& sink_;
  std::set<TableName> read_;
  std::vector<Replacement> replaced_;
  std::map<TableName, Replacement> added_;  // By no batch yet.
};

}  // namespace relay
