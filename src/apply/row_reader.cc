#include "apply/row_reader.h"

#include <utility>
#include <vector>

#include "apply/key_reader.h"
#include "apply/pg_copy.h"
#include "apply/pg_pipeline.h"
#include "apply/table_setup.h"
#include "plan/sql_name.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoRight = "42501";

// A table with few rows that are wanted may be silent for long.
constexpr std::chrono::milliseconds kScanSilenceMax = std::chrono::minutes(30);

Error read_error(const PgFailure& failure, const TableMapping& table) {
  Error error = make_error(failure, "read table " + format_table(table.to));
  // No row is being written: nobody could isolate one.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  const Result<std::string> name = quote_table(table.to);
  if (failure.sqlstate == kNoRight && name.ok())
    error.hint = "GRANT USAGE on its schema, and GRANT SELECT ON " + name.value() + " TO role";
  return error;
}

}  // namespace

struct RowReader::State {
  explicit State(const PgConnection::Options& options) : columns(options) {}

  std::unique_ptr<PgConnection> connection;
  KeyReader columns;
};

RowReader::RowReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowReader::RowReader(RowReader&&) noexcept = default;
RowReader::~RowReader() = default;

Result<RowReader> RowReader::open(const Options& options) {
  const PgConnection::Options connecting{.uri = options.uri,
                                         .connect_timeout = options.connect_timeout,
                                         .statement_timeout = options.statement_timeout};
  auto state = std::make_unique<State>(connecting);
  Result<std::unique_ptr<PgConnection>> connection = PgConnection::open(connecting);
  if (!connection.ok()) return connection.error();
  if (connection.value()->kind() != TargetKind::postgresql) {
    return Error{ErrorKind::config_invalid,
                 "compare tables: CrateDB is not in this command yet",
                 "compare counts: REFRESH TABLE and SELECT count(*)"};
  }
  state->connection = std::move(connection.value());
  state->connection->set_silence_max(kScanSilenceMax);
  const PgOutcome set = run_statement(*state->connection, sql::postgres::read_whole_tables);
  if (set.failure) return make_error(*set.failure, "set the target's session up");
  return RowReader(std::move(state));
}

Result<bool> RowReader::check(const TableMapping& table) {
  return check_table(*state_->connection, table);
}

Result<LiveColumns> RowReader::read_live_columns(const TableMapping& table) {
  return state_->columns.read_columns(table);
}

Status RowReader::scan(const TableMapping& table, const std::string& select, const Visit& visit) {
  const auto failure =
      read_rows(*state_->connection, "COPY (" + select + ") TO STDOUT (FORMAT binary)", visit);
  if (failure) return read_error(*failure, table);
  return ok_status();
}

Status RowReader::read(const TableMapping& table,
                       const std::string& select,
                       std::string_view keys,
                       const Visit& visit) {
  PgPipeline pipeline(*state_->connection);
  pipeline.query(select, PgParams().bytes(keys), PgForm::binary);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return read_error(*outcome.failure, table);
  const PgAnswer& answer = outcome.answers.front();
  std::vector<std::optional<std::string_view>> cells(
      static_cast<std::size_t>(answer.column_count()));
  for (int row = 0; row < answer.row_count(); ++row) {
    for (std::size_t column = 0; column < cells.size(); ++column)
      cells[column] = answer.cell(row, static_cast<int>(column));
    if (!visit(cells)) break;
  }
  return ok_status();
}

}  // namespace relay
