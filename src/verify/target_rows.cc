#include "verify/target_rows.h"

#include <algorithm>
#include <span>

#include "decode/cell_text.h"
#include "mapping/table_shape.h"
#include "verify/binary_array.h"
#include "verify/row_statement.h"

namespace relay {
namespace {

constexpr std::size_t kUuidBytes = 16;

}  // namespace

Status TargetRows::scan(const Visit& visit) {
  const Result<RowScan> scan = scan_rows_statements(mapping_, reader_.target());
  if (!scan.ok()) return scan.error();
  return reader_.scan(mapping_, scan.value(), [&](std::span<const CellView> cells) {
    append_row(cells.first(types_.size()));
    const bool has_text = reader_.target() == TargetKind::postgresql;
    return visit({.key = key_of_row(bytes_),
                  .text = has_text ? cells.back().value_or("") : print_key(cells.front()),
                  .digest = make_digest(bytes_)});
  });
}

Status TargetRows::look(const RowBlock& keys, const Visit& visit) {
  const Result<std::string> select = read_rows_by_key_statement(mapping_, reader_.target());
  if (!select.ok()) return select.error();
  for (const RowChunk& chunk : keys.chunks()) {
    const auto take = [&](std::span<const CellView> cells) {
      append_row(cells);
      return visit({.key = key_of_row(bytes_), .text = {}, .digest = make_digest(bytes_)});
    };
    if (Status read = reader_.read(mapping_, select.value(), chunk.columns.front(), take);
        !read.ok())
      return read;
  }
  return ok_status();
}

// To bytes_. CrateDB's arrays and uuids are no text yet.
void TargetRows::append_row(std::span<const CellView> cells) {
  bytes_.clear();
  const auto is_text_later = [](const ColumnType& type) {
    return type.is_array || type.name == TypeName::uuid;
  };
  const bool is_as_wanted =
      reader_.target() == TargetKind::postgresql || std::ranges::none_of(types_, is_text_later);
  if (is_as_wanted) return row_.append(cells, bytes_);
  std::vector<CellView> texts(cells.begin(), cells.end());
  std::vector<std::string> printed(cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!is_text_later(types_[i]) || !cells[i]) continue;
    bool is_printed = false;
    if (types_[i].is_array) {
      is_printed = print_binary_array(*cells[i], types_[i].name, printed[i]);
    } else if (cells[i]->size() == kUuidBytes) {
      append_cell_text(*cells[i], TypeName::uuid, printed[i]);
      is_printed = true;
    }
    if (is_printed) texts[i] = printed[i];
  }
  row_.append(texts, bytes_);
}

std::string_view TargetRows::print_key(CellView cell) {
  const ColumnType& type = types_.front();
  if (!cell || type.name == TypeName::numeric) return cell.value_or("");
  key_.clear();
  append_cell_text(*cell, type.name, key_);
  return key_;
}

}  // namespace relay
