// Rows of a sealed block as texts, for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/row_block.h"
#include "decode/cell_text.h"
#include "mapping/column_type.h"

namespace relay {

using CellTexts = std::vector<std::optional<std::string>>;

struct ColumnBytes {
  std::uint32_t oid = 0;
  CellTexts cells;  // As they travel; nullopt: NULL.
};

inline ColumnBytes column_of(const RowBlock& block, std::size_t column) {
  ColumnBytes result;
  for (const RowChunk& chunk : block.chunks()) {
    const std::string& bytes = chunk.columns.at(column);
    const auto number = [&bytes](std::size_t at) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i)
        value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + i));
      return value;
    };
    result.oid = number(8);
    for (std::size_t at = 20; at < bytes.size();) {
      const std::uint32_t length = number(at);
      at += 4;
      if (length == 0xFFFFFFFFU) {
        result.cells.emplace_back();
        continue;
      }
      result.cells.emplace_back(bytes.substr(at, length));
      at += length;
    }
  }
  return result;
}

// The binary cells of a column as PostgreSQL would print them.
inline CellTexts texts_of(const RowBlock& block, std::size_t column, TypeName type) {
  CellTexts texts = column_of(block, column).cells;
  for (std::optional<std::string>& cell : texts) {
    if (!cell) continue;
    std::string text;
    append_cell_text(*cell, type, text);
    cell = text;
  }
  return texts;
}

}  // namespace relay
