#include "apply/table_writer.h"

#include <utility>

namespace relay {
namespace {

constexpr char kDoing[] = "prepare the statements of the tables";

}  // namespace

Result<TableWriter::Table> TableWriter::make_table(const TableMapping& mapping) {
  Result<TableStatements> statements = make_statements(mapping);
  if (!statements.ok()) return statements.error();
  const std::string number = std::to_string(++number_);
  return Table{.sql = std::move(statements.value()),
               .upsert = "relay_upsert_" + number,
               .removal = "relay_removal_" + number,
               .upsert_column_count = upsert_element_oids(mapping).size(),
               .removal_column_count = removal_element_oids(mapping).size()};
}

void TableWriter::queue_preparation(PgPipeline& pipeline, const Table& table) {
  pipeline.prepare(table.upsert, table.sql.upsert);
  if (!table.sql.is_removal_planned_anew) pipeline.prepare(table.removal, table.sql.removal);
}

Status TableWriter::add(PgConnection& connection, const TableMapping& mapping) {
  Result<Table> made = make_table(mapping);
  if (!made.ok()) return made.error();
  Table& table = made.value();
  const auto known = tables_.find(&mapping);
  if (known != tables_.end() && known->second.sql.upsert == table.sql.upsert) return ok_status();
  PgPipeline pipeline(connection);
  queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, kDoing);
  tables_.insert_or_assign(&mapping, std::move(table));
  return ok_status();
}

Status TableWriter::prepare_all(PgConnection& connection) {
  if (tables_.empty()) return ok_status();
  PgPipeline pipeline(connection);
  for (const auto& [mapping, table] : tables_)
    queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_error(*outcome.failure, kDoing);
  return ok_status();
}

Status TableWriter::queue_actions(PgPipeline& pipeline, const Batch& batch) {
  for (const TableAction& action : batch.actions) {
    Result<Table> made = make_table(*action.table);
    if (!made.ok()) return made.error();
    const TableStatements& sql = made.value().sql;
    switch (action.kind) {
      case TableAction::Kind::truncate: {
        PgParams params;
        if (marks_removals(*action.table)) params.number(batch.end.position.cluster_time.seconds);
        pipeline.query(sql.remove_all, params);
        break;
      }
      case TableAction::Kind::add_column: {
        CHECK(action.before != nullptr, "columns are added to a mapping");
        const auto comments = comment_statements(*action.table, action.before->columns.size());
        if (!comments.ok()) return comments.error();
        if (!sql.add_columns.empty()) pipeline.query(sql.add_columns);
        for (const std::string& comment : comments.value())
          pipeline.query(comment);
        queue_preparation(pipeline, made.value());
        changed_.insert_or_assign(action.table, std::move(made.value()));
        break;
      }
    }
  }
  return ok_status();
}

void TableWriter::settle() {
  changed_.merge(tables_);  // What is in both stays as it is in changed_.
  tables_ = std::exchange(changed_, {});
}

const TableWriter::Table& TableWriter::table_of(const TableMapping& mapping) const {
  const auto changed = changed_.find(&mapping);
  if (changed != changed_.end()) return changed->second;
  const auto table = tables_.find(&mapping);
  CHECK(table != tables_.end(), "every table of a batch was prepared");
  return table->second;
}

void TableWriter::queue_removals(PgPipeline& pipeline, const Batch& batch) const {
  for (const TableRows& rows : batch.tables) {
    CHECK(rows.upserts.is_sealed() && rows.removals.is_sealed(), "a batch is complete");
    for (const RowChunk& chunk : rows.removals.chunks())
      queue_rows(pipeline, *rows.table, RowKind::removal, chunk.columns);
  }
}

void TableWriter::queue_upserts(PgPipeline& pipeline, const Batch& batch) const {
  const bool is_copied = batch.method == WriteMethod::copy;
  for (const TableRows& rows : batch.tables) {
    if (is_copied && !copy_sql(*rows.table).empty()) continue;
    for (const RowChunk& chunk : rows.upserts.chunks())
      queue_rows(pipeline, *rows.table, RowKind::upsert, chunk.columns);
  }
}

void TableWriter::queue_rows(PgPipeline& pipeline,
                             const TableMapping& mapping,
                             RowKind kind,
                             const std::vector<std::string>& columns) const {
  const Table& table = table_of(mapping);
  const bool is_upsert = kind == RowKind::upsert;
  CHECK(columns.size() == (is_upsert ? table.upsert_column_count : table.removal_column_count),
        "a cell for every column");
  PgParams params;
  for (const std::string& column : columns)
    params.bytes(column);
  pipeline.pass(Failpoint::postgres_rows_before);
  if (is_upsert) {
    pipeline.execute(table.upsert, params);
  } else if (table.sql.is_removal_planned_anew) {
    pipeline.query(table.sql.removal, params);
  } else {
    pipeline.execute(table.removal, params);
  }
  pipeline.pass(Failpoint::postgres_rows_sent);
}

}  // namespace relay
