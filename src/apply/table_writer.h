// TableWriter: the prepared statements of the tables, and the queueing of what a batch does to
// them. Private to apply/.
//
// Statements belong to a mapping, not to a table: after a column was added (evolve = "add") rows of
// the earlier mapping may still be under way, from a snapshot for instance.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/pg_pipeline.h"
#include "apply/row_isolator.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"
#include "plan/sql_text.h"

namespace relay {

class TableWriter {
 public:
  // The table exists and fits. Its statements are made and prepared.
  Status add(PgConnection& connection, const TableMapping& mapping);

  // Prepares the statements of every known table on a connection that has none yet.
  Status prepare_all(PgConnection& connection);

  // Queues what the batch does to whole tables. Statements for columns that it adds are known from
  // here on, and forgotten again by discard(). config_invalid: a name that cannot be quoted.
  Status queue_actions(PgPipeline& pipeline, const Batch& batch);

  // The transaction with the actions is durable; or it is not, and never will be.
  void settle();
  void discard() { changed_.clear(); }

  // Queues all removals, all upserts.
  void queue_removals(PgPipeline& pipeline, const Batch& batch) const;
  void queue_upserts(PgPipeline& pipeline, const Batch& batch) const;

  // Queues rows that are given as one complete array a column.
  void queue_rows(PgPipeline& pipeline,
                  const TableMapping& mapping,
                  RowKind kind,
                  const std::vector<std::string>& columns) const;

  // COPY of the mapping's table; empty: its rows go by upsert.
  [[nodiscard]] const std::string& copy_sql(const TableMapping& mapping) const {
    return table_of(mapping).sql.copy;
  }

 private:
  struct Table {
    TableStatements sql;
    std::string upsert;  // Names of the prepared statements.
    std::string removal;
    std::size_t upsert_column_count = 0;
    std::size_t removal_column_count = 0;
  };
  using Tables = std::map<const TableMapping*, Table>;

  Result<Table> make_table(const TableMapping& mapping);
  static void queue_preparation(PgPipeline& pipeline, const Table& table);
  [[nodiscard]] const Table& table_of(const TableMapping& mapping) const;

  Tables tables_;
  Tables changed_;          // By the batch under way; they win over tables_.
  std::size_t number_ = 0;  // Of the last statement name; none is used twice.
};

}  // namespace relay
