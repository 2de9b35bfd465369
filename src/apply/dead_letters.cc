#include "apply/dead_letters.h"

#include "apply/array_cells.h"
#include "apply/letter_key.h"
#include "mapping/table_shape.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kInsert[] = "relay_insert_letters";
constexpr char kClose[] = "relay_close_letters";

}  // namespace

void DeadLetters::queue_preparation(PgPipeline& pipeline) {
  pipeline.prepare(kInsert, std::string(sql::postgres::insert_dead_letters));
  pipeline.prepare(kClose, std::string(sql::postgres::close_dead_letters));
}

Status DeadLetters::load(PgConnection& connection) {
  const PgOutcome outcome =
      run_statement(connection, sql::postgres::count_open_dead_letters, PgParams().bytes(stream_));
  if (outcome.failure) return make_error(*outcome.failure, "count the open dead letters");
  open_.clear();
  const PgAnswer& answer = outcome.answers.front();
  for (int row = 0; row < answer.row_count(); ++row) {
    open_[std::string(answer.cell(row, 0).value_or(""))] = answer.number(row, 1);
  }
  return ok_status();
}

void DeadLetters::queue(PgPipeline& pipeline, const Batch& batch) {
  closings_.clear();
  for (const TableRows& rows : batch.tables) {
    queue_closing(pipeline, rows, rows.upserts);
    queue_closing(pipeline, rows, rows.removals);
  }
  if (!batch.dead_letters.empty()) queue_insertion(pipeline, stream_, batch);
}

void DeadLetters::queue_closing(PgPipeline& pipeline,
                                const TableRows& rows,
                                const RowBlock& block) {
  const std::string table = format_table(rows.table->to);
  const auto open = open_.find(table);
  if (open == open_.end() || open->second <= 0) return;
  RowBlock long_keys({kTextOid}, ChunkLimits{});
  const auto close = [&](std::string_view keys) {
    closings_.push_back({.statement = pipeline.size(), .table = table});
    pipeline.execute(kClose, PgParams().bytes(stream_).bytes(table).bytes(keys));
  };
  for (const RowChunk& chunk : block.chunks()) {
    const ArrayCells keys(chunk.columns.front());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!keys[i] || keys[i]->size() <= kLetterKeyBytesMax) continue;
      long_keys.begin_row();
      long_keys.add_cell(make_letter_key(*keys[i]));
      long_keys.end_row();
    }
    close(chunk.columns.front());
  }
  long_keys.seal();
  for (const RowChunk& chunk : long_keys.chunks())
    close(chunk.columns.front());
}

void DeadLetters::queue_insertion(PgPipeline& pipeline,
                                  const std::string& stream,
                                  const Batch& batch) {
  constexpr std::size_t kColumns = 7;
  RowBlock rows(std::vector<std::uint32_t>(kColumns, kTextOid), ChunkLimits{});
  for (const DeadLetter& letter : batch.dead_letters) {
    rows.begin_row();
    rows.add_cell(format_table(letter.table->to));
    rows.add_cell(make_letter_key(letter.doc_key));
    rows.add_cell(letter.reason);
    rows.add_cell(letter.detail);
    rows.add_cell(letter.operation);
    rows.add_cell(letter.position);
    rows.add_cell(letter.document);
    rows.end_row();
  }
  rows.seal();
  for (const RowChunk& chunk : rows.chunks()) {
    PgParams params;
    params.bytes(stream);
    for (const std::string& column : chunk.columns)
      params.bytes(column);
    pipeline.execute(kInsert, params);
  }
}

void DeadLetters::settle(const PgOutcome& outcome, const Batch& batch) {
  for (const Closing& closing : closings_) {
    open_[closing.table] -= outcome.answers[closing.statement].affected();
  }
  for (const DeadLetter& letter : batch.dead_letters)
    ++open_[format_table(letter.table->to)];
}

}  // namespace relay
