// ColumnCells: what the columns of a mapping get from one document, and what they refuse.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "decode/cell.h"
#include "decode/fit_table.h"
#include "decode/new_columns.h"
#include "decode/object_columns.h"
#include "decode/path_tree.h"
#include "mapping/column_name.h"
#include "mapping/table_mapping.h"

namespace relay {

class ColumnCells {
 public:
  enum class Verdict : std::uint8_t {
    fits,      // All columns with this path hold the value.
    null,      // The value is null, and so are the columns.
    misfit,    // At least one column does not hold it; that one is null.
    rejected,  // No row: rejection() says why.
  };

  // `mapping` and `tree` outlive the cells.
  ColumnCells(const TableMapping& mapping, JsonTarget target, const PathTree& tree);
  ~ColumnCells();

  // CrateDB: the types of the table's sub-columns, which outlive the cells. Before the first
  // document. Whoever writes the row ends it there.
  void set_objects(ObjectColumns& objects);
  // As ObjectWriter::learn().
  void learn(RawDocument document);

  // For the next document. `key_text`: what a key column of type text gets; outlives the row.
  void begin(std::string_view key_text);
  Verdict take(const PathNode& node, const BsonElement& element);
  // A field of the document's top level that no path leads to.
  void note_unmapped(const BsonElement& element) {
    if (new_columns_.is_wanted()) new_columns_.note(element, room());
  }
  // Fills what the document did not have. Rejection::none: the row is complete.
  Rejection finish();
  void trim();

  // The key alone, of a document or a document key. False: it does not fit.
  bool take_key(std::string_view key_text, RawDocument document);

  [[nodiscard]] const Cell& cell(std::size_t column) const { return cells_[column]; }
  [[nodiscard]] const Cell& key_cell() const { return cells_[key_column_]; }
  [[nodiscard]] Rejection rejection() const { return rejection_; }
  // The column that a rejection is about; empty: the document as a whole.
  [[nodiscard]] std::string_view rejected_column() const { return rejected_column_; }
  [[nodiscard]] bool has_rest() const { return has_rest_; }
  [[nodiscard]] std::span<const std::uint64_t> misfits() const { return misfits_; }
  [[nodiscard]] NewColumns& new_columns() { return new_columns_; }

 private:
  // For columns that the table gets. PostgreSQL has more of it than is ever used.
  [[nodiscard]] std::size_t room() const {
    return objects_ == nullptr ? kEvolvedColumnsMax : objects_->room();
  }
  Rejection fill(std::size_t column, const BsonElement& element);
  bool take_text_key(std::size_t column);
  void set_default(std::size_t column);
  Verdict reject(Rejection rejection, std::size_t column);

  const TableMapping& mapping_;
  JsonTarget target_;
  ObjectColumns* objects_ = nullptr;
  std::vector<std::unique_ptr<ObjectWriter>> object_writers_;  // For each column; most are null.
  std::vector<ColumnRule> rules_;                              // As the columns of the mapping.
  std::vector<Cell> cells_;
  std::vector<Cell> defaults_;  // State::missing: there is none.
  std::vector<std::uint64_t> misfits_;
  std::size_t key_column_ = 0;
  bool has_rest_;
  std::string_view key_text_;
  Rejection rejection_ = Rejection::none;
  std::string_view rejected_column_;
  NewColumns new_columns_;
};

}  // namespace relay
