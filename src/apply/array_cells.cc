#include "apply/array_cells.h"

#include <algorithm>
#include <limits>

#include "core/check.h"

namespace relay {
namespace {

constexpr std::size_t kHeaderBytes = 20;
constexpr std::size_t kElementOidAt = 8;
constexpr std::size_t kCountAt = 12;

std::uint32_t read_uint32(std::string_view bytes, std::size_t at) {
  CHECK(at + 4 <= bytes.size(), "a complete array");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void write_uint32(std::string& bytes, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i)
    bytes[at + i] = static_cast<char>(value >> (24U - 8U * i));
}

}  // namespace

ArrayCells::ArrayCells(std::string_view array)
    : array_(array), element_oid_(read_uint32(array, kElementOidAt)) {
  const std::size_t count = read_uint32(array, kCountAt);
  cells_.reserve(count);
  std::size_t at = kHeaderBytes;
  while (cells_.size() < count) {
    const std::uint32_t length = read_uint32(array, at);
    Cell cell{.start = at, .bytes = std::nullopt};
    at += 4;
    if (length != std::numeric_limits<std::uint32_t>::max()) {
      CHECK(at + length <= array.size(), "a cell lies within its array");
      cell.bytes = array.substr(at, length);
      at += length;
    }
    cells_.push_back(cell);
  }
  CHECK(at == array.size(), "an array ends with its last cell");
}

std::optional<std::string_view> ArrayCells::operator[](std::size_t index) const {
  CHECK(index < cells_.size(), "a cell of the column");
  return cells_[index].bytes;
}

std::string ArrayCells::slice(std::size_t first, std::size_t count) const {
  CHECK(count > 0 && first + count <= cells_.size(), "a part of the column");
  const std::size_t start = cells_[first].start;
  const std::size_t end =
      first + count < cells_.size() ? cells_[first + count].start : array_.size();
  std::string part(array_.substr(0, kHeaderBytes));
  write_uint32(part, kCountAt, static_cast<std::uint32_t>(count));
  part.append(array_.substr(start, end - start));
  return part;
}

RowBlock copy_without(const RowBlock& block, const std::vector<bool>& is_left_out) {
  CHECK(block.is_sealed() && is_left_out.size() == block.row_count() && block.row_count() > 0,
        "a sealed block, and a decision for each of its rows");
  std::vector<std::uint32_t> oids;
  ChunkLimits limits{.rows_max = 1, .bytes_max = 1};
  for (const RowChunk& chunk : block.chunks()) {
    std::size_t bytes = 0;
    for (const std::string& column : chunk.columns) {
      if (&chunk == &block.chunks().front()) oids.push_back(ArrayCells(column).element_oid());
      bytes += column.size();
    }
    // As large as the block's own chunks have become, so that the copy has no more of them.
    limits.rows_max = std::max(limits.rows_max, chunk.row_count);
    limits.bytes_max = std::max(limits.bytes_max, bytes);
  }
  RowBlock copy(oids, limits);
  std::size_t row = 0;
  for (const RowChunk& chunk : block.chunks()) {
    std::vector<ArrayCells> columns(chunk.columns.begin(), chunk.columns.end());
    for (std::size_t i = 0; i < chunk.row_count; ++i, ++row) {
      if (is_left_out[row]) continue;
      copy.begin_row();
      for (const ArrayCells& column : columns) {
        if (column[i]) {
          copy.add_cell(*column[i]);
        } else {
          copy.add_null();
        }
      }
      copy.end_row();
    }
  }
  copy.seal();
  return copy;
}

void add_bigint(RowBlock& block, std::int64_t number) {
  const auto bits = static_cast<std::uint64_t>(number);
  std::string& cell = block.begin_cell();
  for (const unsigned shift : {56U, 48U, 40U, 32U, 24U, 16U, 8U, 0U})
    cell.push_back(static_cast<char>(bits >> shift));
  block.end_cell();
}

}  // namespace relay
