#include "apply/row_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "apply/crate_error.h"
#include "apply/crate_exchange.h"
#include "apply/crate_reader.h"
#include "apply/crate_tables.h"
#include "apply/key_reader.h"
#include "apply/pg_copy.h"
#include "apply/pg_pipeline.h"
#include "apply/table_setup.h"
#include "mapping/table_shape.h"
#include "plan/sql_name.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr std::string_view kNoRight = "42501";

// A table with few rows that are wanted may be silent for long.
constexpr std::chrono::milliseconds kScanSilenceMax = std::chrono::minutes(30);

// Of a page of CrateDB: as many rows as fit, about, and no more than this.
constexpr std::size_t kPageRowsMax = 5'000;
constexpr std::size_t kPageRowsFirst = 500;
constexpr std::size_t kPageBytes = 8U << 20U;

Error read_error(const PgConnection& connection,
                 const PgFailure& failure,
                 const TableMapping& table) {
  const std::string doing = "read table " + format_table(table.to);
  Error error = connection.kind() == TargetKind::cratedb ? make_crate_error(failure, doing)
                                                         : make_error(failure, doing);
  // No row is being written: nobody could isolate one.
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  const Result<std::string> name = quote_table(table.to);
  if (failure.sqlstate == kNoRight && name.ok())
    error.hint = "GRANT USAGE on its schema, and GRANT SELECT ON " + name.value() + " TO role";
  return error;
}

// Rows that were written before are seen afterwards.
Status refresh(PgConnection& connection, const TableMapping& table) {
  const Result<std::string> name = quote_table(table.to);
  if (!name.ok()) return name.error();
  const Result<PgAnswer> refreshed = ask_crate(
      connection, "REFRESH TABLE " + name.value(), {}, "read table " + format_table(table.to));
  return refreshed.ok() ? ok_status() : Status(refreshed.error());
}

std::size_t count_bytes(const PgAnswer& answer) {
  std::size_t bytes = 0;
  for (int row = 0; row < answer.row_count(); ++row) {
    for (int column = 0; column < answer.column_count(); ++column)
      bytes += answer.cell(row, column).value_or("").size();
  }
  return bytes;
}

// False: no more are wanted.
bool visit_rows(const PgAnswer& answer, const RowReader::Visit& visit) {
  std::vector<std::optional<std::string_view>> cells(
      static_cast<std::size_t>(answer.column_count()));
  for (int row = 0; row < answer.row_count(); ++row) {
    for (std::size_t column = 0; column < cells.size(); ++column)
      cells[column] = answer.cell(row, static_cast<int>(column));
    if (!visit(cells)) return false;
  }
  return true;
}

}  // namespace

struct RowReader::State {
  explicit State(const PgConnection::Options& options) : columns(options), crate(options) {}

  std::unique_ptr<PgConnection> connection;
  KeyReader columns;
  CrateReader crate;
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
  state->connection = std::move(connection.value());
  if (state->connection->kind() == TargetKind::cratedb) return RowReader(std::move(state));
  state->connection->set_silence_max(kScanSilenceMax);
  const PgOutcome set = run_statement(*state->connection, sql::postgres::read_whole_tables);
  if (set.failure) return make_error(*set.failure, "set the target's session up");
  return RowReader(std::move(state));
}

TargetKind RowReader::target() const {
  return state_->connection->kind();
}

Result<bool> RowReader::check(const TableMapping& table) {
  if (target() == TargetKind::postgresql) return check_table(*state_->connection, table);
  const auto live = read_crate_columns(*state_->connection, table);
  if (!live.ok()) return live.error();
  if (live.value().empty()) return false;
  if (Status fits = check_crate_table(*state_->connection, table, live.value()); !fits.ok())
    return fits.error();
  return true;
}

Result<LiveColumns> RowReader::read_live_columns(const TableMapping& table) {
  return target() == TargetKind::cratedb ? state_->crate.read_live_columns(table)
                                         : state_->columns.read_columns(table);
}

Status RowReader::scan(const TableMapping& table, const RowScan& scan, const Visit& visit) {
  if (!scan.next.empty()) return scan_pages(table, scan, visit);
  const auto failure =
      read_rows(*state_->connection, "COPY (" + scan.first + ") TO STDOUT (FORMAT binary)", visit);
  if (failure) return read_error(*state_->connection, *failure, table);
  return ok_status();
}

Status RowReader::scan_pages(const TableMapping& table, const RowScan& scan, const Visit& visit) {
  PgConnection& connection = *state_->connection;
  if (Status fresh = refresh(connection, table); !fresh.ok()) return fresh;
  const bool is_printed = shape_of(table).front().type.name == TypeName::numeric;
  std::optional<std::string> after;
  std::size_t rows_max = kPageRowsFirst;
  for (;;) {
    PgParams params;
    if (after && is_printed) params.text(*after);
    if (after && !is_printed) params.bytes(*after);
    params.number(static_cast<std::int64_t>(rows_max));
    PgPipeline pipeline(connection);
    pipeline.query(after ? scan.next : scan.first, params, PgForm::binary);
    const PgOutcome outcome = pipeline.finish();
    if (outcome.failure) return read_error(connection, *outcome.failure, table);
    const PgAnswer& page = outcome.answers.front();
    if (!visit_rows(page, visit))
      return Error{ErrorKind::stopped, "read rows: no more are wanted", ""};
    const auto row_count = static_cast<std::size_t>(page.row_count());
    if (row_count < rows_max) return ok_status();
    after = page.cell(page.row_count() - 1, page.column_count() - 1).value_or("");
    const std::size_t row_bytes = std::max<std::size_t>(count_bytes(page) / row_count, 1);
    rows_max = std::clamp<std::size_t>(kPageBytes / row_bytes, 1, kPageRowsMax);
  }
}

Status RowReader::read(const TableMapping& table,
                       const std::string& select,
                       std::string_view keys,
                       const Visit& visit) {
  PgConnection& connection = *state_->connection;
  if (target() == TargetKind::cratedb) {
    if (Status fresh = refresh(connection, table); !fresh.ok()) return fresh;
  }
  PgPipeline pipeline(connection);
  pipeline.query(select, PgParams().bytes(keys), PgForm::binary);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return read_error(connection, *outcome.failure, table);
  static_cast<void>(visit_rows(outcome.answers.front(), visit));
  return ok_status();
}

}  // namespace relay
