#include "verify/target_rows.h"

#include "verify/row_statement.h"

namespace relay {

Status TargetRows::scan(const Visit& visit) {
  const Result<std::string> select = read_keyed_rows_statement(mapping_);
  if (!select.ok()) return select.error();
  return reader_.scan(mapping_, select.value(), [&](std::span<const CellView> cells) {
    bytes_.clear();
    row_.append(cells.first(cells.size() - 1), bytes_);
    return visit({.key = key_of_row(bytes_),
                  .text = cells.back().value_or(""),
                  .digest = make_digest(bytes_)});
  });
}

Status TargetRows::look(const RowBlock& keys, const Visit& visit) {
  const Result<std::string> select = read_rows_by_key_statement(mapping_);
  if (!select.ok()) return select.error();
  for (const RowChunk& chunk : keys.chunks()) {
    const auto take = [&](std::span<const CellView> cells) {
      bytes_.clear();
      row_.append(cells, bytes_);
      return visit({.key = key_of_row(bytes_), .text = {}, .digest = make_digest(bytes_)});
    };
    if (Status read = reader_.read(mapping_, select.value(), chunk.columns.front(), take);
        !read.ok())
      return read;
  }
  return ok_status();
}

}  // namespace relay
