#include "apply/crate_writer.h"

#include <algorithm>
#include <utility>

#include "apply/array_cells.h"
#include "apply/cell_text.h"
#include "apply/crate_exchange.h"
#include "apply/pg_failpoint.h"
#include "mapping/table_shape.h"
#include "plan/sql_text.h"

namespace relay {
namespace {

// The smallest round that a loaded server is asked for, and how many batches without a complaint
// let rounds grow again.
constexpr std::size_t kLoadedRowsMin = 50;
constexpr std::size_t kCalmBatches = 20;

constexpr char kPreparing[] = "prepare the statements of the tables";

// A single row that answers `INSERT 0 0`: arrays of mixed types, which CrateDB drops in silence.
const PgFailure kDropped{.sqlstate = "XX000",
                         .severity = "ERROR",
                         .message = {},
                         .table = {},
                         .column = {},
                         .constraint = {}};

std::size_t byte_count(const RowChunk& chunk) {
  std::size_t bytes = 0;
  for (const std::string& column : chunk.columns)
    bytes += column.size();
  return bytes;
}

// A key as CrateDB prints it; nullopt: in some way of its own.
std::optional<std::string> print_key(const ColumnType& type, std::string_view cell) {
  switch (type.name) {
    case TypeName::text:
    case TypeName::uuid:
      return std::string(cell);
    case TypeName::integer:
    case TypeName::bigint:
      return key_texts(type, cell).front();
    case TypeName::boolean:
    case TypeName::double_precision:
    case TypeName::numeric:
    case TypeName::timestamp:
    case TypeName::bytea:
    case TypeName::json:
      break;
  }
  return std::nullopt;
}

}  // namespace

void CrateWriter::queue_preparation(PgPipeline& pipeline, const Table& table) {
  pipeline.prepare(table.upsert, table.sql.upsert);
  pipeline.prepare(table.removal, table.sql.removal);
}

Status CrateWriter::add(PgConnection& connection, const TableMapping& mapping) {
  Result<CrateStatements> statements = make_crate_statements(mapping);
  if (!statements.ok()) return statements.error();
  const std::string number = std::to_string(++number_);
  Table table{.sql = std::move(statements.value()),
              .upsert = "relay_upsert_" + number,
              .removal = "relay_removal_" + number,
              .marks_removals = marks_removals(mapping)};
  PgPipeline pipeline(connection);
  queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_definition_error(*outcome.failure, kPreparing);
  tables_.insert_or_assign(&mapping, std::move(table));
  return ok_status();
}

Status CrateWriter::prepare_all(PgConnection& connection) {
  if (tables_.empty()) return ok_status();
  PgPipeline pipeline(connection);
  for (const auto& [mapping, table] : tables_)
    queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_definition_error(*outcome.failure, kPreparing);
  return ok_status();
}

const CrateWriter::Table& CrateWriter::table_of(const TableMapping& mapping) const {
  const auto table = tables_.find(&mapping);
  CHECK(table != tables_.end(), "every table of a batch was prepared");
  return table->second;
}

Status CrateWriter::remove_all(PgConnection& connection, const TableMapping& mapping, double at) {
  const Table& table = table_of(mapping);
  const std::string doing = "empty table " + format_table(mapping.to);
  const Result<PgAnswer> refreshed = ask_crate(connection, table.sql.refresh, {}, doing);
  if (!refreshed.ok()) return refreshed.error();
  PgParams params;
  if (table.marks_removals) params.number(to_crate_time(at));
  const Result<PgAnswer> done = ask_crate(connection, table.sql.remove_all, params, doing);
  if (!done.ok()) return done.error();
  return ok_status();
}

const PgFailure* CrateWriter::refused(const TableMapping& table, std::string_view key) const {
  const auto found = refused_.find({&table, std::string(key)});
  return found == refused_.end() ? nullptr : &found->second;
}

std::vector<CrateWriter::Round> CrateWriter::make_rounds(const Batch& batch) {
  std::vector<Round> rounds;
  std::set<const TableMapping*> upserted;  // In the last round.
  const auto place = [&](const TableMapping* table, const RowChunk& chunk, bool is_upsert) {
    const std::size_t bytes = byte_count(chunk);
    const bool is_full = rounds.empty() || rounds.back().row_count + chunk.row_count > rows_max_ ||
                         rounds.back().byte_count + bytes > bytes_max_ ||
                         (is_upsert && upserted.contains(table));
    if (is_full) {
      rounds.emplace_back();
      upserted.clear();
    }
    Round& round = rounds.back();
    round.row_count += chunk.row_count;
    round.byte_count += bytes;
    if (is_upsert) upserted.insert(table);
    (is_upsert ? round.upserts : round.removals).push_back({table, &chunk});
  };
  for (const TableRows& rows : batch.tables) {
    CHECK(rows.upserts.is_sealed() && rows.removals.is_sealed(), "a batch is complete");
    for (const RowChunk& chunk : rows.upserts.chunks()) {
      for (const RowChunk* part : cut(chunk))
        place(rows.table, *part, true);
    }
    for (const RowChunk& chunk : rows.removals.chunks()) {
      for (const RowChunk* part : cut(chunk))
        place(rows.table, *part, false);
    }
  }
  return rounds;
}

std::vector<const RowChunk*> CrateWriter::cut(const RowChunk& chunk) {
  const std::size_t bytes = std::max(byte_count(chunk), std::size_t{1});
  const bool is_loaded = rows_max_ < kRoundRowsMax;
  const std::size_t by_bytes = std::max(chunk.row_count * bytes_max_ / bytes, std::size_t{1});
  const std::size_t rows = std::min(rows_max_, by_bytes);
  if (!is_loaded || chunk.row_count <= rows) return {&chunk};
  const std::vector<ArrayCells> columns(chunk.columns.begin(), chunk.columns.end());
  std::vector<const RowChunk*> parts;
  for (std::size_t first = 0; first < chunk.row_count; first += rows) {
    RowChunk& part = parts_.emplace_back();
    part.row_count = std::min(rows, chunk.row_count - first);
    for (const ArrayCells& column : columns)
      part.columns.push_back(column.slice(first, part.row_count));
    parts.push_back(&part);
  }
  return parts;
}

void CrateWriter::note_load(const PgFailure* failure) {
  if (failure != nullptr) {
    calm_count_ = 0;
    if (!is_overload(*failure)) return;
    rows_max_ = std::max(rows_max_ / 2, kLoadedRowsMin);
    bytes_max_ = std::max(bytes_max_ / 2, kRoundBytesMax * kLoadedRowsMin / kRoundRowsMax);
  } else if (rows_max_ < kRoundRowsMax && ++calm_count_ >= kCalmBatches) {
    calm_count_ = 0;
    rows_max_ = std::min(rows_max_ * 2, kRoundRowsMax);
    bytes_max_ = std::min(bytes_max_ * 2, kRoundBytesMax);
  }
}

Error CrateWriter::make_error_of(const PgFailure& failure, const std::string& doing) {
  note_load(&failure);
  return make_crate_error(failure, doing);
}

Status CrateWriter::write(PgConnection& connection, const Batch& batch) {
  refused_.clear();
  parts_.clear();
  const std::string doing = "apply batch sequence=" + std::to_string(batch.sequence) +
                            " rows=" + std::to_string(batch.row_count());
  for (const Round& round : make_rounds(batch)) {
    if (Status written = write_round(connection, round, doing); !written.ok()) return written;
  }
  note_load(nullptr);
  if (refused_.empty()) return ok_status();
  return Error{
      ErrorKind::row_rejected, doing + ": rows refused: " + std::to_string(refused_.size()), ""};
}

void CrateWriter::queue_upsert(PgPipeline& pipeline, const TableChunk& rows) const {
  PgParams params;
  for (const std::string& column : rows.chunk->columns)
    params.bytes(column);
  pipeline.execute(table_of(*rows.table).upsert, params);
}

PgParams CrateWriter::removal_params(const TableChunk& rows,
                                     const std::vector<ArrayCells>& columns,
                                     std::size_t row) const {
  PgParams params;
  const std::string_view key = columns.front()[row].value_or("");
  if (table_of(*rows.table).sql.is_printed.front()) {
    params.text(key);
  } else {
    params.bytes(key);
  }
  if (columns.size() == 1) return params;
  const std::optional<std::string_view> at = columns[1][row];
  if (at) {
    params.bytes(*at);
  } else {
    params.null();
  }
  return params;
}

void CrateWriter::queue_removals(PgPipeline& pipeline, const TableChunk& rows) const {
  const std::vector<ArrayCells> columns(rows.chunk->columns.begin(), rows.chunk->columns.end());
  const std::string& statement = table_of(*rows.table).removal;
  for (std::size_t i = 0; i < rows.chunk->row_count; ++i)
    pipeline.execute(statement, removal_params(rows, columns, i));
}

Status CrateWriter::write_round(PgConnection& connection,
                                const Round& round,
                                const std::string& doing) {
  if (Status hit = pass_or_fail(Failpoint::crate_round_before, connection); !hit.ok()) return hit;
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.upserts)
    queue_upsert(pipeline, rows);
  // -3 says that a row was not there, and so does 0: either way it is gone. A delete that could not
  // be done is an error. An update that could not be done may be -3 as well: mark_alone().
  for (const TableChunk& rows : round.removals)
    queue_removals(pipeline, rows);
  if (Status hit = pass_or_fail(Failpoint::crate_round_sent, connection); !hit.ok()) return hit;
  const PgOutcome outcome = pipeline.finish();
  if (Status hit = pass_or_fail(Failpoint::crate_round_answered, connection); !hit.ok()) return hit;
  if (outcome.failure) {
    Error error = make_error_of(*outcome.failure, doing);
    if (error.kind != ErrorKind::row_rejected) return error;
  }
  for (std::size_t i = 0; i < round.upserts.size(); ++i) {
    const TableChunk& rows = round.upserts[i];
    const auto row_count = static_cast<std::int64_t>(rows.chunk->row_count);
    const bool is_complete =
        i < outcome.answers.size() && outcome.answers[i].affected() == row_count;
    if (is_complete) continue;
    if (Status found = find_missing(connection, rows, doing); !found.ok()) return found;
  }
  if (outcome.failure) {
    if (Status removed = remove_again(connection, round, doing); !removed.ok()) return removed;
  } else if (Status marked =
                 mark_rest(connection, round, outcome.answers.data() + round.upserts.size(), doing);
             !marked.ok()) {
    return marked;
  }
  return upsert_again(connection, round, doing);
}

Status CrateWriter::mark_rest(PgConnection& connection,
                              const Round& round,
                              const PgAnswer* answers,
                              const std::string& doing) {
  for (const TableChunk& rows : round.removals) {
    if (Status marked = mark_alone(connection, rows, answers, doing); !marked.ok()) return marked;
    answers += rows.chunk->row_count;
  }
  return ok_status();
}

Status CrateWriter::upsert_again(PgConnection& connection,
                                 const Round& round,
                                 const std::string& doing) {
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.upserts) {
    if (unsure_.contains(rows.table->to)) queue_upsert(pipeline, rows);
  }
  if (pipeline.size() == 0) return ok_status();
  const PgOutcome outcome = pipeline.finish();
  if (!outcome.failure) return ok_status();
  Error error = make_error_of(*outcome.failure, doing);
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

// Of rows to be marked, those that may not be: alone they are an error, or 0 when they were never
// there. `answers`: one a row.
Status CrateWriter::mark_alone(PgConnection& connection,
                               const TableChunk& rows,
                               const PgAnswer* answers,
                               const std::string& doing) {
  const Table& table = table_of(*rows.table);
  if (!table.marks_removals) return ok_status();
  const std::vector<ArrayCells> columns(rows.chunk->columns.begin(), rows.chunk->columns.end());
  for (std::size_t i = 0; i < rows.chunk->row_count; ++i) {
    if (answers[i].affected() == 1) continue;
    const Result<PgAnswer> marked =
        ask_crate(connection, table.sql.removal, removal_params(rows, columns, i), doing);
    if (!marked.ok()) return marked.error();
  }
  return ok_status();
}

// A statement before them was refused for the sake of a row: then they were not looked at.
Status CrateWriter::remove_again(PgConnection& connection,
                                 const Round& round,
                                 const std::string& doing) {
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.removals)
    queue_removals(pipeline, rows);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) {
    Error error = make_error_of(*outcome.failure, doing);
    if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
    return error;
  }
  return mark_rest(connection, round, outcome.answers.data(), doing);
}

// The rows are written once more, and those that do not come back are tried one by one: a low count
// may come of a bad row or of a shard that was not there for a moment.
Status CrateWriter::find_missing(PgConnection& connection,
                                 const TableChunk& rows,
                                 const std::string& doing) {
  PgParams params;
  for (const std::string& column : rows.chunk->columns)
    params.bytes(column);
  const PgOutcome outcome =
      run_statement(connection, table_of(*rows.table).sql.upsert_returning, params);
  std::set<std::string, std::less<>> there;
  if (outcome.failure) {
    Error error = make_error_of(*outcome.failure, doing);
    if (error.kind != ErrorKind::row_rejected) return error;
  } else {
    const PgAnswer& answer = outcome.answers.front();
    for (int row = 0; row < answer.row_count(); ++row)
      there.emplace(answer.cell(row, 0).value_or(""));
  }
  const std::vector<ArrayCells> columns(rows.chunk->columns.begin(), rows.chunk->columns.end());
  const ColumnType key_type = shape_of(*rows.table).front().type;
  for (std::size_t row = 0; row < rows.chunk->row_count; ++row) {
    const auto printed = print_key(key_type, columns.front()[row].value_or(""));
    if (printed && there.contains(*printed)) continue;
    if (Status alone = write_alone(connection, *rows.table, columns, row, doing); !alone.ok())
      return alone;
  }
  return ok_status();
}

Status CrateWriter::write_alone(PgConnection& connection,
                                const TableMapping& mapping,
                                const std::vector<ArrayCells>& columns,
                                std::size_t row,
                                const std::string& doing) {
  PgParams params;
  const std::vector<bool>& is_printed = table_of(mapping).sql.is_printed;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::optional<std::string_view> cell = columns[i][row];
    if (!cell) {
      params.null();
    } else if (is_printed[i]) {
      params.text(*cell);
    } else {
      params.bytes(*cell);
    }
  }
  const PgOutcome outcome = run_statement(connection, table_of(mapping).sql.upsert_single, params);
  const std::pair key(&mapping, std::string(columns.front()[row].value_or("")));
  if (outcome.failure) {
    Error error = make_error_of(*outcome.failure, doing);
    if (error.kind != ErrorKind::row_rejected) return error;
    refused_.insert_or_assign(key, *outcome.failure);
    unsure_.insert(mapping.to);
  } else if (outcome.answers.front().affected() != 1) {
    refused_.insert_or_assign(key, kDropped);
    unsure_.insert(mapping.to);
  }
  return ok_status();
}

}  // namespace relay
