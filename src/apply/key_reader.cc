#include "apply/key_reader.h"

#include <algorithm>

#include "apply/pg_pipeline.h"
#include "core/check.h"
#include "mapping/table_shape.h"
#include "plan/sql_text.h"
#include "sql/postgres.h"

namespace relay {
namespace {

Error read_error(const PgFailure& failure, std::string_view what, const TableMapping& table) {
  Error error =
      make_error(failure, "read the " + std::string(what) + " of table " + format_table(table.to));
  // No row is being written: nobody could isolate one.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

struct Found {
  std::string name;
  std::string type;      // As PostgreSQL's format_type() writes it.
  bool is_open = false;  // It takes any value, and NULL.
  std::string comment;
};

void take_column(const TableMapping& table, Found found, LiveColumns& live) {
  const bool is_named = std::ranges::any_of(
      shape_of(table), [&](const ShapeColumn& column) { return column.name == found.name; });
  if (is_named) return;
  std::optional<ColumnType> type = parse_column_type(found.type);
  if (found.type == "jsonb") type = ColumnType{.name = TypeName::json};
  if (found.type == "json" || !found.is_open) type.reset();
  const bool is_ours = found.comment.starts_with(kFieldComment);
  if (is_ours && type) {
    live.added.push_back({.name = std::move(found.name),
                          .path = {found.comment.substr(kFieldComment.size())},
                          .type = *type});
    return;
  }
  // What somebody has a use for already stays theirs.
  if (!found.comment.empty()) type.reset();
  live.spare.push_back({std::move(found.name), type});
}

}  // namespace

Status KeyReader::connect(Connection& connection) const {
  Result<std::unique_ptr<PgConnection>> opened = PgConnection::open(options_);
  if (!opened.ok()) return opened.error();
  const PgOutcome set = run_statement(*opened.value(), sql::postgres::read_in_key_order);
  if (set.failure) return make_error(*set.failure, "set the target's session up");
  connection = std::move(opened.value());
  return ok_status();
}

Result<KeyPage> KeyReader::read(const TableMapping& table,
                                const std::optional<std::string>& after,
                                std::size_t count) {
  return connection_.with(
      [&](Connection& connection) { return read_with(connection, table, after, count); });
}

Result<KeyPage> KeyReader::read_with(Connection& connection,
                                     const TableMapping& table,
                                     const std::optional<std::string>& after,
                                     std::size_t count) const {
  CHECK(count > 0, "a page holds a key");
  const Result<TableStatements> statements = make_statements(table);
  if (!statements.ok()) return statements.error();
  if (connection == nullptr) {
    if (Status connected = connect(connection); !connected.ok()) return connected.error();
  }
  PgParams params;
  if (after) params.bytes(*after);
  params.number(static_cast<std::int64_t>(count));
  const PgOutcome outcome = run_statement(
      *connection, after ? statements.value().next_keys : statements.value().first_keys, params);
  if (outcome.failure) {
    connection.reset();
    return read_error(*outcome.failure, "keys", table);
  }
  const PgAnswer& answer = outcome.answers.front();
  KeyPage page;
  page.keys.reserve(static_cast<std::size_t>(answer.row_count()));
  for (int row = 0; row < answer.row_count(); ++row)
    page.keys.emplace_back(answer.cell(row, 0).value_or(""));
  page.is_last = page.keys.size() < count;
  return page;
}

Result<LiveColumns> KeyReader::read_columns(const TableMapping& table) {
  return connection_.with([&](Connection& connection) -> Result<LiveColumns> {
    if (connection == nullptr) {
      if (Status connected = connect(connection); !connected.ok()) return connected.error();
    }
    const PgOutcome outcome =
        run_statement(*connection,
                      sql::postgres::read_live_columns,
                      PgParams().bytes(table.to.schema).bytes(table.to.table));
    if (outcome.failure) {
      connection.reset();
      return read_error(*outcome.failure, "columns", table);
    }
    LiveColumns live;
    const PgAnswer& answer = outcome.answers.front();
    for (int row = 0; row < answer.row_count(); ++row) {
      take_column(table,
                  {.name = std::string(answer.cell(row, 0).value_or("")),
                   .type = std::string(answer.cell(row, 1).value_or("")),
                   .is_open = answer.is_true(row, 2),
                   .comment = std::string(answer.cell(row, 3).value_or(""))},
                  live);
    }
    return live;
  });
}

}  // namespace relay
