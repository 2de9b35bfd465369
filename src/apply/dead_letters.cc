#include "apply/dead_letters.h"

#include <algorithm>

#include "apply/array_cells.h"
#include "apply/cell_text.h"
#include "apply/letter_key.h"
#include "mapping/table_shape.h"
#include "sql/postgres.h"

namespace relay {
namespace {

constexpr char kInsert[] = "relay_insert_letters";
constexpr char kClose[] = "relay_close_letters";
constexpr char kCount[] = "relay_count_letters";

}  // namespace

void DeadLetters::queue_preparation(PgPipeline& pipeline) {
  pipeline.prepare(kInsert, std::string(sql::postgres::insert_dead_letters));
  pipeline.prepare(kClose, std::string(sql::postgres::close_dead_letters));
  pipeline.prepare(kCount, std::string(sql::postgres::count_open_dead_letters));
}

Status DeadLetters::load(PgConnection& connection) {
  const PgOutcome outcome =
      run_statement(connection, sql::postgres::count_open_dead_letters, PgParams().bytes(stream_));
  if (outcome.failure) return make_error(*outcome.failure, "count the open dead letters");
  read_counts(outcome.answers.front());
  return ok_status();
}

void DeadLetters::read_counts(const PgAnswer& answer) {
  open_.clear();
  for (int row = 0; row < answer.row_count(); ++row)
    open_[std::string(answer.cell(row, 0).value_or(""))] = answer.number(row, 1);
}

std::uint64_t DeadLetters::open_count() const {
  std::int64_t count = 0;
  for (const auto& [table, open] : open_)
    count += std::max<std::int64_t>(open, 0);
  return static_cast<std::uint64_t>(count);
}

void DeadLetters::queue(PgPipeline& pipeline, const Batch& batch) {
  closings_.clear();
  recount_.reset();
  for (const TableRows& rows : batch.tables) {
    queue_closing(pipeline, rows, rows.upserts);
    queue_closing(pipeline, rows, rows.removals);
  }
  if (batch.dead_letters.empty()) return;
  pipeline.pass(Failpoint::postgres_letters_before);
  queue_insertion(pipeline, stream_, batch);
  pipeline.pass(Failpoint::postgres_letters_sent);
  // Counted where it matters most: somebody may have discarded letters meanwhile, and a letter that
  // was there already is not written twice.
  recount_ = pipeline.size();
  pipeline.execute(kCount, PgParams().bytes(stream_));
}

void DeadLetters::queue_closing(PgPipeline& pipeline,
                                const TableRows& rows,
                                const RowBlock& block) {
  const std::string table = format_table(rows.table->to);
  const auto open = open_.find(table);
  if (open == open_.end() || open->second <= 0) return;
  const auto close = [&](std::string_view keys) {
    closings_.push_back({.statement = pipeline.size(), .table = table});
    pipeline.execute(kClose, PgParams().bytes(stream_).bytes(table).bytes(keys));
  };
  const ColumnType key_type = shape_of(*rows.table).front().type;
  const bool is_text = key_type == ColumnType{};
  RowBlock other_keys({kTextOid}, ChunkLimits{});  // Those that a letter has in another form.
  for (const RowChunk& chunk : block.chunks()) {
    const ArrayCells keys(chunk.columns.front());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!keys[i] || (is_text && keys[i]->size() <= kLetterKeyBytesMax)) continue;
      for (const std::string& key : key_texts(key_type, *keys[i])) {
        other_keys.begin_row();
        other_keys.add_cell(make_letter_key(key));
        other_keys.end_row();
      }
    }
    if (is_text) close(chunk.columns.front());
  }
  other_keys.seal();
  for (const RowChunk& chunk : other_keys.chunks())
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

void DeadLetters::settle(const PgOutcome& outcome) {
  if (recount_) {
    read_counts(outcome.answers[*recount_]);
    return;
  }
  for (const Closing& closing : closings_)
    open_[closing.table] -= outcome.answers[closing.statement].affected();
}

}  // namespace relay
