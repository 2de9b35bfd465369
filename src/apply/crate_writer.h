// CrateWriter: rows of batches on CrateDB, each acknowledged and counted. Private to apply/.
//
//   rounds of at most kRoundRowsMax rows and kRoundBytesMax bytes:
//     one Sync: at most one upsert a table, and the deletes, keys disjoint
//     an upsert that counts fewer rows than were sent: which are missing, and each of them alone
//
// A row that brings sub-columns is the last of its chunk: object_columns.h says why. Who made the
// chunks cannot know what a refused row would have brought, so from then on the table's upserts are
// sent twice: the second time no row brings any.
//
// Never a second Sync before the answer to the first: the answers would change places. A server
// that says it has too much to do gets smaller rounds for a while.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apply/array_cells.h"
#include "apply/pg_pipeline.h"
#include "core/batch.h"
#include "core/result.h"
#include "mapping/table_mapping.h"
#include "plan/crate_text.h"

namespace relay {

class CrateWriter {
 public:
  // Of larger statements CrateDB leaves rows out.
  static constexpr std::size_t kRoundRowsMax = 5'000;
  static constexpr std::size_t kRoundBytesMax = 8U << 20U;

  // The table exists and fits.
  Status add(PgConnection& connection, const TableMapping& mapping);
  // Prepares every known table on a connection that has none yet.
  Status prepare_all(PgConnection& connection);

  // All rows go away, also those that were written a moment ago; or are marked, with `at` (seconds
  // since 1970).
  Status remove_all(PgConnection& connection, const TableMapping& mapping, double at);

  // Every row is in the target once it returns ok. row_rejected: all but those that refused() names
  // are. Any other error: some may be, some not.
  Status write(PgConnection& connection, const Batch& batch);

  // Why the row was refused by the last write(); nullptr: it was not.
  [[nodiscard]] const PgFailure* refused(const TableMapping& table, std::string_view key) const;

 private:
  struct Table {
    CrateStatements sql;
    std::string upsert;  // Names of the prepared statements.
    std::string removal;
    bool marks_removals = false;
  };
  struct TableChunk {
    const TableMapping* table = nullptr;
    const RowChunk* chunk = nullptr;
  };
  struct Round {
    std::vector<TableChunk> upserts;
    std::vector<TableChunk> removals;
    std::size_t row_count = 0;
    std::size_t byte_count = 0;
  };

  std::vector<Round> make_rounds(const Batch& batch);
  // The chunk, or parts of it that are small enough.
  std::vector<const RowChunk*> cut(const RowChunk& chunk);
  void note_load(const PgFailure* failure);
  Error make_error_of(const PgFailure& failure, const std::string& doing);
  void queue_upsert(PgPipeline& pipeline, const TableChunk& rows) const;
  PgParams removal_params(const TableChunk& rows,
                          const std::vector<ArrayCells>& columns,
                          std::size_t row) const;
  void queue_removals(PgPipeline& pipeline, const TableChunk& rows) const;
  Status write_round(PgConnection& connection, const Round& round, const std::string& doing);
  Status mark_alone(PgConnection& connection,
                    const TableChunk& rows,
                    const PgAnswer* answers,
                    const std::string& doing);
  // `answers`: to all removals of the round.
  Status mark_rest(PgConnection& connection,
                   const Round& round,
                   const PgAnswer* answers,
                   const std::string& doing);
  Status remove_again(PgConnection& connection, const Round& round, const std::string& doing);
  Status upsert_again(PgConnection& connection, const Round& round, const std::string& doing);
  Status find_missing(PgConnection& connection, const TableChunk& rows, const std::string& doing);
  Status write_alone(PgConnection& connection,
                     const TableMapping& mapping,
                     const std::vector<ArrayCells>& columns,
                     std::size_t row,
                     const std::string& doing);
  static void queue_preparation(PgPipeline& pipeline, const Table& table);
  [[nodiscard]] const Table& table_of(const TableMapping& mapping) const;

  std::map<const TableMapping*, Table> tables_;
  std::map<std::pair<const TableMapping*, std::string>, PgFailure> refused_;
  std::set<TableName> unsure_;            // That have refused a row.
  std::size_t rows_max_ = kRoundRowsMax;  // Of a round, as the server's load allows.
  std::size_t bytes_max_ = kRoundBytesMax;
  std::size_t calm_count_ = 0;  // Batches in a row without a word about load.
  std::deque<RowChunk> parts_;  // Of chunks of the batch under way, see cut().
  std::size_t number_ = 0;      // Of the last statement name; none is used twice.
};

}  // namespace relay
