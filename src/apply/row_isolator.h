// RowIsolator: finds the rows of a batch that the target refuses, group by group, and by halving
// within a group, and turns them into dead letters.
//
// Rows that were accepted stay in the trial, so a row that only clashes with an earlier one of the
// batch is found as well. In the end the trial has written every row that is not guilty.
//
// Not here: the connection and the transaction of the trial (postgres_sink.cc).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "apply/array_cells.h"
#include "apply/pg_error.h"
#include "apply/sink.h"
#include "core/batch.h"
#include "core/result.h"

namespace relay {

enum class RowKind : std::uint8_t { upsert, removal };

class RowIsolator {
 public:
  // Writes rows of one table (a complete array a column). nullopt: done, and they stay. A failure:
  // a row is refused, and nothing of these rows stays. An error: something else is wrong.
  using TryRows = std::function<Result<std::optional<PgFailure>>(
      const TableMapping& table, RowKind kind, const std::vector<std::string>& columns)>;

  // `batch` outlives the isolator.
  RowIsolator(Batch& batch, TryRows try_rows) : batch_(batch), try_rows_(std::move(try_rows)) {}

  // Moves every guilty row to the batch's dead letters, under the event that the row comes from as
  // far as the batch knows it. sink_unknown: the batch was refused and there is none, so that
  // nobody tries for ever. After an error the batch is as it was.
  Status run(Grounds grounds);

 private:
  // What is known of rows before they are tried.
  enum class Suspicion : std::uint8_t { open, certain };

  struct Chunk {
    const TableMapping* table = nullptr;
    RowKind kind = RowKind::upsert;
    std::vector<ArrayCells> columns;
    const RowOrigins* origins = nullptr;  // Of the whole block.
    std::size_t first_row = 0;            // Place of its first row in the block.
  };

  Status search_block(const TableMapping& table,
                      RowKind kind,
                      RowBlock& block,
                      RowOrigins& origins);
  // The number of guilty rows among these.
  Result<std::size_t> search(const Chunk& chunk,
                             std::size_t first,
                             std::size_t count,
                             Suspicion suspicion);
  Result<std::optional<PgFailure>> attempt(const Chunk& chunk,
                                           std::size_t first,
                                           std::size_t count);
  void condemn(const Chunk& chunk, std::size_t row, const PgFailure& failure);

  Batch& batch_;
  TryRows try_rows_;
  std::vector<bool> is_guilty_;  // Of the block that is being searched.
  std::vector<DeadLetter> letters_;
};

}  // namespace relay
