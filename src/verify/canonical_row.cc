#include "verify/canonical_row.h"

#include "apply/array_cells.h"
#include "core/check.h"
#include "verify/object_tree.h"
#include "verify/sized_bytes.h"

namespace relay {

std::vector<ShapeColumn> compared_columns(const TableMapping& mapping, TargetKind target) {
  std::vector<ShapeColumn> columns = shape_on(target, mapping);
  std::erase_if(columns,
                [](const ShapeColumn& column) { return column.role == ColumnRole::deleted_at; });
  return columns;
}

std::string_view key_of_row(std::string_view row) {
  CHECK(!row.empty() && row.front() != '\0', "a key is not NULL");
  return row.substr(0, sized_end(row, 1));
}

CanonicalRow::CanonicalRow(const TableMapping& mapping, TargetKind target)
    : target_(target), json_(mapping.json) {
  CHECK(mapping.mode == MappingMode::mirror, "a table that mirrors its collection");
  const std::vector<ShapeColumn> shape = shape_on(target, mapping);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i].role == ColumnRole::deleted_at) continue;
    columns_.push_back(shape[i]);
    places_.push_back(i);
    const int mapped = shape[i].mapped;
    paths_.push_back(mapped < 0 ? FieldPath()
                                : mapping.columns[static_cast<std::size_t>(mapped)].path);
  }
}

bool CanonicalRow::is_in_tree(std::size_t column) const {
  if (target_ == TargetKind::postgresql) return false;
  return columns_[column].type.name == TypeName::json ||
         columns_[column].role == ColumnRole::overflow;
}

void CanonicalRow::append(std::span<const CellView> cells, std::string& out) const {
  CHECK(cells.size() == columns_.size(), "a cell for every column that is compared");
  bool has_tree = false;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (is_in_tree(i)) {
      has_tree = true;
    } else {
      append_canonical_cell(columns_[i].type, cells[i], target_, out);
    }
  }
  if (has_tree) append_tree(cells, out);
}

void CanonicalRow::append_tree(std::span<const CellView> cells, std::string& out) const {
  ObjectTree tree(json_);
  bool is_tree = true;
  std::string bytes;  // Of those that make no tree together.
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!is_in_tree(i) || !cells[i]) continue;
    bytes += *cells[i];
    if (columns_[i].role == ColumnRole::rest || columns_[i].role == ColumnRole::overflow) {
      is_tree = is_tree && tree.add(*cells[i]);
    } else if (columns_[i].type.is_array) {
      is_tree = is_tree && tree.add_list_at(paths_[i], *cells[i]);
    } else {
      is_tree = is_tree && tree.add_at(paths_[i], *cells[i]);
    }
  }
  std::string text;
  if (is_tree && tree.append(text)) {
    append_sized_cell(text, out);
  } else {
    append_foreign_cell(bytes, out);
  }
}

void CanonicalRow::append_key(CellView cell, std::string& out) const {
  append_canonical_cell(columns_.front().type, cell, target_, out);
}

std::vector<std::string> CanonicalRow::rows_of(const RowChunk& chunk) const {
  CHECK(chunk.columns.size() > places_.back(), "a chunk of this table");
  std::vector<ArrayCells> columns;
  for (const std::size_t place : places_)
    columns.emplace_back(chunk.columns[place]);
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
