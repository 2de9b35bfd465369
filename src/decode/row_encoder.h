// RowEncoder: documents and events as rows of one table, in the binary form the targets take
// (core/row_block.h). The columns are those of mapping/table_shape.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster_time.h"
#include "core/raw_document.h"
#include "core/row_block.h"
#include "decode/column_cells.h"
#include "decode/filter.h"
#include "decode/json_writer.h"
#include "decode/object_columns.h"
#include "decode/object_writer.h"
#include "decode/path_tree.h"
#include "mapping/table_mapping.h"

namespace relay {

struct RowOutcome {
  Rejection rejection = Rejection::none;
  std::string detail{};  // The column a rejection is about; empty: the document. Never a value.
  // The document has fields for which the table gets columns first (evolve = "add"): nothing was
  // added, and the mapping with take_new_columns() added takes the document.
  bool needs_column = false;

  [[nodiscard]] bool is_added() const { return rejection == Rejection::none && !needs_column; }
};

// A change event as a row of an append table. Empty views and documents become NULL.
struct EventRow {
  std::string_view position;  // Hex text of the token, or "snapshot:" and the key text.
  std::optional<ClusterTime> cluster_time{};
  std::optional<std::int64_t> wall_time_ms{};  // Since 1970.
  std::string_view operation{};
  std::string_view name_space{};  // "database.collection"
  RawDocument document_key{};
  RawDocument document{};
  // Of an update its updateDescription, of an event about a whole collection its
  // operationDescription.
  RawDocument change{};
};

class RowEncoder {
 public:
  // `mapping` outlives the encoder.
  RowEncoder(const TableMapping& mapping, JsonTarget target);

  // Empty blocks: all columns of the table; the key, and deleted_at when on_delete = "mark".
  // CrateDB takes fewer and larger statements than PostgreSQL.
  [[nodiscard]] RowBlock make_upserts() const { return make_upserts(chunk_limits()); }
  [[nodiscard]] RowBlock make_upserts(ChunkLimits limits) const;
  [[nodiscard]] RowBlock make_removals() const { return make_removals(chunk_limits()); }
  [[nodiscard]] RowBlock make_removals(ChunkLimits limits) const;

  // CrateDB: the sub-columns that the table has already. Before the first row; without it the table
  // is taken to have none.
  void set_sub_columns(const std::vector<SubColumn>& known);
  // The same, as the encoder of an earlier mapping of the table knows them: the target need not
  // have those of rows that are still under way. That encoder makes no more rows.
  void take_sub_columns(RowEncoder& earlier);
  // The same: documents that will be among the first rows, to see where numbers have fractions.
  // learn() is to be called while is_learning(): the table has no sub-columns yet.
  [[nodiscard]] bool is_learning() const {
    return objects_ != nullptr && objects_->is_empty() && !has_rows_;
  }
  void learn(RawDocument document);
  // The same: what the last row that was added has in `overflow`; empty: nothing.
  [[nodiscard]] const std::string& last_overflow() const { return overflow_; }
  // The same: columns inside of the table's objects, once the rows so far are written, and whether
  // there is room for no more.
  [[nodiscard]] std::size_t sub_column_count() const {
    return objects_ == nullptr ? 0 : objects_->count();
  }
  [[nodiscard]] bool has_room_for_columns() const {
    return objects_ == nullptr || !objects_->is_full();
  }

  // The same: all rows since the last call are part of a batch that will be written, or of one that
  // was given up and is made again.
  void end_batch();
  void discard_batch();

  // Whether the document belongs into the table (`where`).
  [[nodiscard]] bool wants(RawDocument document) const { return filter_.matches(document); }

  // Mirror tables. Adds a row to a block of make_upserts(); when it does not, the block is as
  // before.
  RowOutcome add_upsert(std::string_view key_text, RawDocument document, RowBlock& block);
  // Adds a row to a block of make_removals(). `document_key`: has the `_id`, may be the whole
  // document. `deleted_at_ms`: since 1970, for on_delete = "mark". False: no row can have this key,
  // nothing was added.
  bool add_removal(std::string_view key_text,
                   RawDocument document_key,
                   std::int64_t deleted_at_ms,
                   RowBlock& block);

  // Append tables. As add_upsert().
  RowOutcome add_event(const EventRow& event, RowBlock& block);

  // The document as a dead letter keeps it: as format_dead_letter_document(), without what the
  // mapping excludes. One that this cannot be cut out of is withheld as a whole.
  [[nodiscard]] std::string format_letter(RawDocument document) const;

  // Values that did not fit, since the encoder was made: for each column of the mapping, then in
  // CrateDB for each JSON column besides them. Counts conversions: a row that was rejected, or made
  // twice, counts too.
  [[nodiscard]] std::vector<std::uint64_t> misfits() const;
  // The column that a number of misfits() is about.
  [[nodiscard]] const std::string& misfit_column(std::size_t index) const;

  // Columns that the rows since the last call need (evolve = "add"). Each was typed by the first
  // value that was seen.
  std::vector<ColumnMapping> take_new_columns();

 private:
  [[nodiscard]] ChunkLimits chunk_limits() const;
  [[nodiscard]] std::size_t count_own_columns() const;
  void attach_objects();
  RowOutcome add_document(std::string_view key_text, RawDocument document, RowBlock& block);
  RowOutcome add_columns(std::string_view key_text, RawDocument document, RowBlock& block);
  Rejection fill_columns(RawDocument document);
  void add_cells(RowBlock& block);
  Rejection add_event_json(std::size_t index,
                           RawDocument document,
                           const PathTree& tree,
                           RowBlock& block);
  Rejection add_json(RawDocument document, const PathNode& excluded, RowBlock& block) const;
  Rejection add_object(ObjectWriter& writer,
                       RawDocument document,
                       const PathNode& excluded,
                       RowBlock& block);
  void end_row(RowBlock& block);
  void forget_row();

  const TableMapping& mapping_;
  JsonTarget target_;
  DocumentFilter filter_;
  PathTree tree_;
  std::unique_ptr<ColumnCells> cells_;  // nullptr: the mapping has no columns.
  std::vector<std::size_t> order_;      // Columns of the mapping as the table has them.
  std::string rest_;                    // Text of the JSON column of the row under way.
  std::string overflow_;                // The same of `overflow`.
  // CrateDB. Of a log of events for its three JSON columns, else for the rest, if there is one.
  std::unique_ptr<ObjectColumns> objects_;
  std::vector<std::unique_ptr<ObjectWriter>> object_writers_;
  bool has_rows_ = false;
};

}  // namespace relay
