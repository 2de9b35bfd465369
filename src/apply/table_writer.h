// TableWriter: the prepared statements of the tables, and the queueing of a batch's rows. Private
// to apply/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apply/pg_pipeline.h"
#include "apply/row_isolator.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

class TableWriter {
 public:
  // The table exists and fits. Its statements are made and prepared.
  Status add(PgConnection& connection, const TableMapping& mapping);

  // Prepares the statements of every known table on a connection that has none yet.
  Status prepare_all(PgConnection& connection);

  // Queues all removals, then all upserts.
  void queue(PgPipeline& pipeline, const Batch& batch) const;

  // Queues rows that are given as one complete array a column.
  void queue_rows(PgPipeline& pipeline,
                  const TableMapping& mapping,
                  RowKind kind,
                  const std::vector<std::string>& columns) const;

 private:
  struct Table {
    std::string upsert_sql;
    std::string removal_sql;
    std::string upsert;  // Names of the prepared statements.
    std::string removal;
    std::size_t column_count = 0;
  };

  [[nodiscard]] const Table& table_of(const TableMapping& mapping) const;

  std::map<TableName, Table> tables_;
};

}  // namespace relay
