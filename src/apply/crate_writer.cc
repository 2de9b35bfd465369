#include "apply/crate_writer.h"

#include <utility>

#include "apply/array_cells.h"
#include "apply/crate_exchange.h"

namespace relay {
namespace {

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
              .removal = "relay_removal_" + number};
  PgPipeline pipeline(connection);
  queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_crate_error(*outcome.failure, kPreparing);
  tables_.insert_or_assign(&mapping, std::move(table));
  return ok_status();
}

Status CrateWriter::prepare_all(PgConnection& connection) {
  if (tables_.empty()) return ok_status();
  PgPipeline pipeline(connection);
  for (const auto& [mapping, table] : tables_)
    queue_preparation(pipeline, table);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) return make_crate_error(*outcome.failure, kPreparing);
  return ok_status();
}

const CrateWriter::Table& CrateWriter::table_of(const TableMapping& mapping) const {
  const auto table = tables_.find(&mapping);
  CHECK(table != tables_.end(), "every table of a batch was prepared");
  return table->second;
}

Status CrateWriter::remove_all(PgConnection& connection, const TableMapping& mapping) {
  const CrateStatements& sql = table_of(mapping).sql;
  const std::string doing = "empty table " + format_table(mapping.to);
  for (const std::string* statement : {&sql.refresh, &sql.remove_all}) {
    const Result<PgAnswer> done = ask_crate(connection, *statement, {}, doing);
    if (!done.ok()) return done.error();
  }
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
    const bool is_full = rounds.empty() ||
                         rounds.back().row_count + chunk.row_count > kRoundRowsMax ||
                         rounds.back().byte_count + bytes > kRoundBytesMax ||
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
    for (const RowChunk& chunk : rows.upserts.chunks())
      place(rows.table, chunk, true);
    for (const RowChunk& chunk : rows.removals.chunks())
      place(rows.table, chunk, false);
  }
  return rounds;
}

Status CrateWriter::write(PgConnection& connection, const Batch& batch) {
  refused_.clear();
  const std::string doing = "apply batch sequence=" + std::to_string(batch.sequence) +
                            " rows=" + std::to_string(batch.row_count());
  for (const Round& round : make_rounds(batch)) {
    if (Status written = write_round(connection, round, doing); !written.ok()) return written;
  }
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

void CrateWriter::queue_removals(PgPipeline& pipeline, const TableChunk& rows) const {
  const ArrayCells keys(rows.chunk->columns.front());
  const std::string& statement = table_of(*rows.table).removal;
  for (std::size_t i = 0; i < keys.size(); ++i)
    pipeline.execute(statement, PgParams().bytes(keys[i].value_or("")));
}

Status CrateWriter::write_round(PgConnection& connection,
                                const Round& round,
                                const std::string& doing) {
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.upserts)
    queue_upsert(pipeline, rows);
  // -3 says that a row was not there, and so does 0: either way it is gone. A delete that could not
  // be done is an error.
  for (const TableChunk& rows : round.removals)
    queue_removals(pipeline, rows);
  const PgOutcome outcome = pipeline.finish();
  if (outcome.failure) {
    Error error = make_crate_error(*outcome.failure, doing);
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
  }
  return upsert_again(connection, round, doing);
}

Status CrateWriter::upsert_again(PgConnection& connection,
                                 const Round& round,
                                 const std::string& doing) {
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.upserts) {
    if (unsure_.contains(rows.table)) queue_upsert(pipeline, rows);
  }
  if (pipeline.size() == 0) return ok_status();
  const PgOutcome outcome = pipeline.finish();
  if (!outcome.failure) return ok_status();
  Error error = make_crate_error(*outcome.failure, doing);
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
}

// A statement before them was refused for the sake of a row: then they were not looked at.
Status CrateWriter::remove_again(PgConnection& connection,
                                 const Round& round,
                                 const std::string& doing) {
  PgPipeline pipeline(connection, PgFlush::at_end);
  for (const TableChunk& rows : round.removals)
    queue_removals(pipeline, rows);
  const PgOutcome outcome = pipeline.finish();
  if (!outcome.failure) return ok_status();
  Error error = make_crate_error(*outcome.failure, doing);
  if (error.kind == ErrorKind::row_rejected) error.kind = ErrorKind::sink_unknown;
  return error;
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
    Error error = make_crate_error(*outcome.failure, doing);
    if (error.kind != ErrorKind::row_rejected) return error;
  } else {
    const PgAnswer& answer = outcome.answers.front();
    for (int row = 0; row < answer.row_count(); ++row)
      there.emplace(answer.cell(row, 0).value_or(""));
  }
  const std::vector<ArrayCells> columns(rows.chunk->columns.begin(), rows.chunk->columns.end());
  for (std::size_t row = 0; row < rows.chunk->row_count; ++row) {
    if (there.contains(columns.front()[row].value_or(""))) continue;
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
  for (const ArrayCells& column : columns) {
    const std::optional<std::string_view> cell = column[row];
    if (cell) {
      params.bytes(*cell);
    } else {
      params.null();
    }
  }
  const PgOutcome outcome = run_statement(connection, table_of(mapping).sql.upsert_single, params);
  const std::pair key(&mapping, std::string(columns.front()[row].value_or("")));
  if (outcome.failure) {
    Error error = make_crate_error(*outcome.failure, doing);
    if (error.kind != ErrorKind::row_rejected) return error;
    refused_.insert_or_assign(key, *outcome.failure);
    unsure_.insert(&mapping);
  } else if (outcome.answers.front().affected() != 1) {
    refused_.insert_or_assign(key, kDropped);
    unsure_.insert(&mapping);
  }
  return ok_status();
}

}  // namespace relay
