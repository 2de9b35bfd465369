// CanonicalRow: the bytes in which a row made from a source document and the same row read back
// from the target are compared.
//
//   row = a cell (canonical_cell.h) for each of compared_columns(), in their order
//
// On CrateDB its JSON columns, `overflow` with them, are one cell at the end (object_tree.h).
//
// Invariant: rows have the same bytes if and only if all their cells stand for the same values;
// canonical_cell.h says which are. No row is refused: what no encoder makes has bytes that no row
// of the source has.
//
// Mirror tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/row_block.h"
#include "mapping/table_shape.h"
#include "verify/canonical_cell.h"

namespace relay {

// The columns of the table that say what its document says: all but deleted_at, which only says
// whether there is a document. A marked row stands for none, so read_rows_statement() leaves it
// out: one that is marked wrongly is missing then, and one that is not marked is too many.
std::vector<ShapeColumn> compared_columns(const TableMapping& mapping, TargetKind target);

// The cell of the key, with which a row begins: what both sides call it.
std::string_view key_of_row(std::string_view row);

class CanonicalRow {
 public:
  // `mapping`: mode = "mirror"; need not outlive the object.
  CanonicalRow(const TableMapping& mapping, TargetKind target);

  // `cells`: of compared_columns(), as read_rows_statement() reads them in binary form.
  void append(std::span<const CellView> cells, std::string& out) const;

  // The key cell alone.
  void append_key(CellView cell, std::string& out) const;

  // One for each row of a chunk of a sealed block of RowEncoder::make_upserts().
  [[nodiscard]] std::vector<std::string> rows_of(const RowChunk& chunk) const;

 private:
  [[nodiscard]] bool is_in_tree(std::size_t column) const;
  // Of those.
  void append_tree(std::span<const CellView> cells, std::string& out) const;

  TargetKind target_;
  JsonForm json_;
  std::vector<ShapeColumn> columns_;
  std::vector<FieldPath> paths_;     // Of columns_, as far as the mapping gives them one.
  std::vector<std::size_t> places_;  // Of columns_ in the table's shape.
};

}  // namespace relay
