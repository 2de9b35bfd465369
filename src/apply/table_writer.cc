#include "apply/table_writer.h"

#include "plan/sql_text.h"

namespace relay {
namespace {

constexpr char kDoing[] = "prepare the statements of the tables";

}  // namespace

Status TableWriter::add(PgConnection& connection, const TableMapping& mapping) {
  const auto known = tables_.find(mapping.to);
  if (known != tables_.end()) return ok_status();
  const Result<TableStatements> statements = make_statements(mapping);
  if (!statements.ok()) return statements.error();
  const std::string number = std::to_string(tables_.size());
  Table table{.upsert_sql = statements.value().upsert,
              .removal_sql = statements.value().removal,
              .upsert = "relay_upsert_" + number,
              .removal = "relay_removal_" + number,
              .column_count = upsert_element_oids(mapping).size()};
  PgPipeline pipeline(connection);
  pipeline.prepare(table.upsert, table.upsert_sql);
  pipeline.prepare(table.removal, table.removal_sql);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, kDoing);
  tables_.emplace(mapping.to, std::move(table));
  return ok_status();
}

Status TableWriter::prepare_all(PgConnection& connection) {
  if (tables_.empty()) return ok_status();
  PgPipeline pipeline(connection);
  for (const auto& [name, table] : tables_) {
    pipeline.prepare(table.upsert, table.upsert_sql);
    pipeline.prepare(table.removal, table.removal_sql);
  }
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, kDoing);
  return ok_status();
}

const TableWriter::Table& TableWriter::table_of(const TableMapping& mapping) const {
  const auto table = tables_.find(mapping.to);
  CHECK(table != tables_.end(), "every table of a batch was prepared");
  return table->second;
}

void TableWriter::queue(PgPipeline& pipeline, const Batch& batch) const {
  for (const TableRows& rows : batch.tables) {
    CHECK(rows.upserts.is_sealed() && rows.removals.is_sealed(), "a batch is complete");
    for (const RowChunk& chunk : rows.removals.chunks()) {
      queue_rows(pipeline, *rows.table, RowKind::removal, chunk.columns);
    }
  }
  for (const TableRows& rows : batch.tables) {
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      queue_rows(pipeline, *rows.table, RowKind::upsert, chunk.columns);
    }
  }
}

void TableWriter::queue_rows(PgPipeline& pipeline,
                             const TableMapping& mapping,
                             RowKind kind,
                             const std::vector<std::string>& columns) const {
  const Table& table = table_of(mapping);
  CHECK(columns.size() == (kind == RowKind::upsert ? table.column_count : 1),
        "a cell for every column");
  PgParams params;
  for (const std::string& column : columns)
    params.bytes(column);
  pipeline.execute(kind == RowKind::upsert ? table.upsert : table.removal, params);
}

}  // namespace relay
