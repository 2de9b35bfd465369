// BatchMaker: planned writes to a batch: last write per key, updated documents fetched, rows
// encoded.
//
// One thread, the assembling one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/batch.h"
#include "core/result.h"
#include "pipeline/progress.h"
#include "pipeline/read_chunk.h"
#include "pipeline/row_maker.h"
#include "plan/batch_builder.h"
#include "plan/key_index.h"
#include "source/change_source.h"

namespace relay {

class BatchMaker {
 public:
  // `source`, `sink` and `progress` outlive this. `bytes_max`: a batch above four times this is
  // given up when it could be made from fewer writes; only looked-up documents can surprise that
  // much.
  BatchMaker(ChangeSource& source, Sink& sink, Progress& progress, std::size_t bytes_max)
      : source_(source), progress_(progress), encoders_(sink), bytes_max_(bytes_max) {}

  // As of Encoders.
  [[nodiscard]] bool is_unread(const TableMapping& table) const {
    return encoders_.is_unread(table);
  }
  Status read(const TableMapping* table) { return encoders_.read(table); }

  // Rows and dead letters of `writes`; the caller fills in the end. nullopt: tables need columns
  // first, as take_needed() says; or, when it says nothing, too large, try fewer.
  Result<std::optional<Batch>> make(std::span<const PlannedWrite> writes);

  // Rows of a chunk of a snapshot into `table`, without the keys that `is_touched` says the stream
  // has written. nullopt: as above, but never too large.
  using IsTouched = std::function<bool(std::string_view key)>;
  std::optional<Batch> make_chunk(const ReadChunk& read,
                                  const TableMapping* table,
                                  const IsTouched& is_touched);

  // Columns that documents need which were seen since the last call (evolve = "add").
  using NeededColumns = std::map<const TableMapping*, std::vector<ColumnMapping>>;
  NeededColumns take_needed() { return std::exchange(needed_, {}); }

  // `next` is a newer mapping of the same table.
  void replace_table(const TableMapping* old, const TableMapping* next);

  // No rows, but the table is to be made or checked.
  void add_table(Batch& batch, const TableMapping* table);

  // About what an updated document of the table will take as a row.
  [[nodiscard]] std::size_t look_up_weight(const TableMapping* table) const;

 private:
  struct Making;  // One batch under way.

  Result<std::optional<Batch>> try_make(std::span<const PlannedWrite> writes);
  std::optional<Batch> try_make_chunk(const ReadChunk& read,
                                      const TableMapping* table,
                                      const IsTouched& is_touched);
  void learn(std::span<const PlannedWrite> writes);
  static void add_barrier(Making& making, const PlannedWrite& write);
  Status look_up_table(Making& making,
                       const TableMapping* table,
                       std::span<const std::size_t> indices);
  Status fetch(Making& making,
               const TableMapping* table,
               std::span<const std::size_t> indices,
               const std::function<std::size_t(std::string_view key, RawDocument document)>& use);
  [[nodiscard]] bool is_too_large(const Making& making) const;
  bool note_needed(const RowMaker& rows);
  void count_misfits();

  ChangeSource& source_;
  Progress& progress_;
  Encoders encoders_;
  std::size_t bytes_max_;
  std::map<const TableMapping*, std::size_t> look_up_weights_;
  NeededColumns needed_;
};

}  // namespace relay
