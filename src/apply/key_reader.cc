#include "apply/key_reader.h"

#include "apply/pg_pipeline.h"
#include "core/check.h"
#include "plan/sql_text.h"
#include "sql/postgres.h"

namespace relay {
namespace {

Error read_error(const PgFailure& failure, const TableMapping& table) {
  Error error = make_error(failure, "read the keys of table " + format_table(table.to));
  // No row is being written: nobody could isolate one.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
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
    return read_error(*outcome.failure, table);
  }
  const PgAnswer& answer = outcome.answers.front();
  KeyPage page;
  page.keys.reserve(static_cast<std::size_t>(answer.row_count()));
  for (int row = 0; row < answer.row_count(); ++row)
    page.keys.emplace_back(answer.cell(row, 0).value_or(""));
  page.is_last = page.keys.size() < count;
  return page;
}

}  // namespace relay
