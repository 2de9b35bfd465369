// TargetRows: the rows of one table as digests. Marked rows are none.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apply/row_reader.h"
#include "core/result.h"
#include "core/row_block.h"
#include "mapping/table_mapping.h"
#include "verify/canonical_row.h"
#include "verify/digest.h"

namespace relay {

struct TargetRow {
  std::string_view key;   // The canonical cell of the key column.
  std::string_view text;  // The key as PostgreSQL prints it; only of scan().
  Digest digest{};
};

// One thread at a time. Errors have the kinds of sink.h.
class TargetRows {
 public:
  // Both outlive this. mode = "mirror".
  TargetRows(RowReader& reader, const TableMapping& mapping)
      : reader_(reader), mapping_(mapping), row_(mapping, reader.target()) {
    for (const ShapeColumn& column : compared_columns(mapping, reader.target()))
      types_.push_back(column.type);
  }

  // Views are valid during the call. False: no more are wanted, which is an error of scan().
  using Visit = std::function<bool(const TargetRow& row)>;

  Status scan(const Visit& visit);
  // `keys`: of SourceRows::make_keys().
  Status look(const RowBlock& keys, const Visit& visit);

 private:
  void append_row(std::span<const CellView> cells);
  std::string_view print_key(CellView cell);

  RowReader& reader_;
  const TableMapping& mapping_;
  CanonicalRow row_;
  std::vector<ColumnType> types_;  // Of the columns that are compared.
  std::string bytes_;              // Of the row at hand.
  std::string key_;                // Of the row at hand, printed.
};

}  // namespace relay
