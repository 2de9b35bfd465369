// ArrayCells: the cells of one column of a RowChunk, read back from its binary array
// (core/row_block.h has the format). Only for what is rare: guilty rows and dead letters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/row_block.h"

namespace relay {

class ArrayCells {
 public:
  // `array` is complete (its block was sealed) and outlives the cells.
  explicit ArrayCells(std::string_view array);

  [[nodiscard]] std::size_t size() const { return cells_.size(); }
  [[nodiscard]] std::uint32_t element_oid() const { return element_oid_; }
  // nullopt: null.
  [[nodiscard]] std::optional<std::string_view> operator[](std::size_t index) const;
  // A complete array of `count` cells from `first` on.
  [[nodiscard]] std::string slice(std::size_t first, std::size_t count) const;

 private:
  std::string_view array_;
  std::uint32_t element_oid_ = 0;
  struct Cell {
    std::size_t start = 0;  // Of the length in front of the bytes.
    std::optional<std::string_view> bytes;
  };
  std::vector<Cell> cells_;
};

// A sealed copy of a sealed block without the rows that `is_left_out` (one entry a row) names.
RowBlock copy_without(const RowBlock& block, const std::vector<bool>& is_left_out);

// The cell of a bigint, to the row that is open.
void add_bigint(RowBlock& block, std::int64_t number);

inline constexpr std::uint32_t kBigintOid = 20;

}  // namespace relay
