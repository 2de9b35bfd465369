#include "verify/canonical_row.h"

#include "apply/array_cells.h"
#include "core/check.h"
#include "verify/sized_bytes.h"

namespace relay {

std::vector<ShapeColumn> compared_columns(const TableMapping& mapping) {
  std::vector<ShapeColumn> columns = shape_of(mapping);
  if (columns.back().role == ColumnRole::deleted_at) columns.pop_back();
  return columns;
}

std::string_view key_of_row(std::string_view row) {
  CHECK(!row.empty() && row.front() != '\0', "a key is not NULL");
  return row.substr(0, sized_end(row, 1));
}

CanonicalRow::CanonicalRow(const TableMapping& mapping) : columns_(compared_columns(mapping)) {
  CHECK(mapping.mode == MappingMode::mirror, "a table that mirrors its collection");
}

void CanonicalRow::append(std::span<const CellView> cells, std::string& out) const {
  CHECK(cells.size() == columns_.size(), "a cell for every column that is compared");
  for (std::size_t i = 0; i < columns_.size(); ++i)
    append_canonical_cell(columns_[i].type, cells[i], out);
}

void CanonicalRow::append_key(CellView cell, std::string& out) const {
  append_canonical_cell(columns_.front().type, cell, out);
}

std::vector<std::string> CanonicalRow::rows_of(const RowChunk& chunk) const {
  CHECK(chunk.columns.size() >= columns_.size(), "a chunk of this table");
  const std::vector<ArrayCells> columns(
      chunk.columns.begin(), chunk.columns.begin() + static_cast<std::ptrdiff_t>(columns_.size()));
  std::vector<std::string> rows(chunk.row_count);
  std::vector<CellView> cells(columns_.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      cells[i] = columns[i][row];
    append(cells, rows[row]);
  }
  return rows;
}

}  // namespace relay
