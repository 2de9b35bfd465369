#include "apply/row_isolator.h"

#include <algorithm>
#include <utility>

#include "apply/cell_text.h"
#include "apply/letter_key.h"
#include "core/check.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

constexpr std::string_view kBeyondLimit = "54000";

// An entry of a btree index has at most 2,704 bytes, a dozen of them not the key's. A key that
// compresses well may be longer; one of fewer bytes than this is never the reason.
constexpr std::size_t kKeyBytesSafe = 2'600;

// A refused attempt undoes its good rows too. In a chunk of a thousand rows with one guilty one,
// halves would write every row twice; groups of this size write a fifth of them twice, for eight
// round trips.
constexpr std::size_t kGroupRows = 128;

}  // namespace

Status RowIsolator::run(Grounds grounds) {
  // Replaced only at the end, so that an error leaves the batch whole.
  std::vector<TableRows> tables = batch_.tables;
  for (TableRows& rows : tables) {
    if (Status status =
            search_block(*rows.table, RowKind::removal, rows.removals, rows.removal_origins);
        !status.ok())
      return status;
  }
  for (TableRows& rows : tables) {
    if (Status status =
            search_block(*rows.table, RowKind::upsert, rows.upserts, rows.upsert_origins);
        !status.ok())
      return status;
  }
  if (letters_.empty() && grounds == Grounds::refused) {
    return Error{ErrorKind::sink_unknown,
                 "isolate refused rows of batch sequence=" + std::to_string(batch_.sequence) +
                     ": the target refuses the batch, but none of its rows",
                 ""};
  }
  batch_.tables = std::move(tables);
  for (DeadLetter& letter : letters_)
    batch_.dead_letters.push_back(std::move(letter));
  letters_.clear();
  return ok_status();
}

Status RowIsolator::search_block(const TableMapping& table,
                                 RowKind kind,
                                 RowBlock& block,
                                 RowOrigins& origins) {
  CHECK(origins.size() == 0 || origins.size() == block.row_count(), "an origin a row, or none");
  is_guilty_.assign(block.row_count(), false);
  std::size_t guilty_count = 0;
  std::size_t first_row = 0;
  for (const RowChunk& rows : block.chunks()) {
    const Chunk chunk{.table = &table,
                      .kind = kind,
                      .columns = {rows.columns.begin(), rows.columns.end()},
                      .origins = &origins,
                      .first_row = first_row};
    for (std::size_t first = 0; first < rows.row_count; first += kGroupRows) {
      const std::size_t count = std::min(kGroupRows, rows.row_count - first);
      const Result<std::size_t> guilty = search(chunk, first, count, Suspicion::open);
      if (!guilty.ok()) return guilty.error();
      guilty_count += guilty.value();
    }
    first_row += rows.row_count;
  }
  if (guilty_count > 0) {
    block = copy_without(block, is_guilty_);
    origins = origins.without(is_guilty_);
  }
  return ok_status();
}

Result<std::size_t> RowIsolator::search(const Chunk& chunk,
                                        std::size_t first,
                                        std::size_t count,
                                        Suspicion suspicion) {
  if (suspicion == Suspicion::open || count == 1) {
    const Result<std::optional<PgFailure>> failure = attempt(chunk, first, count);
    if (!failure.ok()) return failure.error();
    if (!failure.value()) return std::size_t{0};
    if (count == 1) {
      condemn(chunk, first, *failure.value());
      return std::size_t{1};
    }
  }
  const std::size_t half = count / 2;
  const Result<std::size_t> left = search(chunk, first, half, Suspicion::open);
  if (!left.ok()) return left;
  // Together they were refused: if the left half is clean, the right one is not.
  const Result<std::size_t> right = search(
      chunk, first + half, count - half, left.value() == 0 ? Suspicion::certain : Suspicion::open);
  if (!right.ok()) return right;
  return left.value() + right.value();
}

Result<std::optional<PgFailure>> RowIsolator::attempt(const Chunk& chunk,
                                                      std::size_t first,
                                                      std::size_t count) {
  std::vector<std::string> columns;
  columns.reserve(chunk.columns.size());
  for (const ArrayCells& column : chunk.columns)
    columns.push_back(column.slice(first, count));
  return try_rows_(*chunk.table, chunk.kind, columns);
}

void RowIsolator::condemn(const Chunk& chunk, std::size_t row, const PgFailure& failure) {
  const std::size_t row_in_block = chunk.first_row + row;
  is_guilty_[row_in_block] = true;
  const ColumnType key_type = shape_of(*chunk.table).front().type;
  const std::string_view key = chunk.columns.front()[row].value_or("");
  const bool is_key_too_long = failure.sqlstate == kBeyondLimit && key.size() > kKeyBytesSafe;
  const bool is_upsert = chunk.kind == RowKind::upsert;
  DeadLetter letter;
  letter.table = chunk.table;
  letter.doc_key =
      make_letter_key(key_texts(key_type, key, form_of(chunk.columns.front())).front());
  letter.reason = is_key_too_long ? "key_too_long" : "rejected";
  letter.detail = "the target refused the row: " + describe_failure(failure);
  if (chunk.origins->size() > 0) {
    letter.operation = chunk.origins->operation(row_in_block);
    letter.position = chunk.origins->position(row_in_block);
  } else if (is_upsert) {
    // Of a snapshot, as its other letters are: of what the stream has complained of before there is
    // no second one.
    letter.operation = "snapshot";
    letter.position = "snapshot:" + letter.doc_key;
  } else {
    // Swept away: no event says so; it is not later than the end of its batch.
    letter.operation = "delete";
    letter.position = batch_.end.position.token;
  }
  if (is_upsert) letter.document = row_as_json(*chunk.table, chunk.columns, row);
  letters_.push_back(std::move(letter));
}

}  // namespace relay
