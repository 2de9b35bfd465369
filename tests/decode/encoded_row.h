// What the tests of the row encoder share: mappings by hand, and a document as a row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "decode/block_cells.h"
#include "decode/bson_builder.h"
#include "decode/row_encoder.h"

namespace relay {

inline constexpr ColumnType kText{.name = TypeName::text};
inline constexpr ColumnType kBigint{.name = TypeName::bigint};
inline constexpr ColumnType kJson{.name = TypeName::json};

inline ColumnMapping key_column(ColumnType type = kText) {
  return {.name = "id", .path = {"_id"}, .type = type, .is_key = true};
}

// A mapping with a key and the columns given.
inline TableMapping with_columns(std::vector<ColumnMapping> columns) {
  TableMapping mapping;
  mapping.columns = std::move(columns);
  mapping.columns.insert(mapping.columns.begin(), key_column());
  return mapping;
}

// One document as a row.
struct Row {
  RowOutcome outcome;
  std::vector<std::optional<std::string>> cells;  // As they travel.
  std::vector<std::uint64_t> misfits;

  [[nodiscard]] std::string rest() const { return cells.empty() ? "no row" : cells.back().value(); }
};

inline Row encode(const TableMapping& mapping,
                  const BsonBuilder& document,
                  JsonTarget target = JsonTarget::postgresql) {
  RowEncoder encoder(mapping, target);
  RowBlock block = encoder.make_upserts();
  Row row;
  row.outcome = encoder.add_upsert("key", document.bytes(), block);
  row.misfits = encoder.misfits();
  block.seal();
  if (block.row_count() == 0) return row;
  for (std::size_t i = 0; i < block.chunks().front().columns.size(); ++i)
    row.cells.push_back(column_of(block, i).cells.front());
  return row;
}

inline BsonBuilder with_id() {
  return BsonBuilder().int32("_id", 7);
}

}  // namespace relay
