#include "core/row_block.h"

#include <limits>
#include <utility>

#include "core/check.h"

namespace relay {
namespace {

constexpr std::size_t kHeaderBytes = 20;

// A column that has grown this far will fill its chunk: room for all of it at once spares the
// copies that doubling would make.
constexpr std::size_t kReserveFrom = 32U << 10U;

void put_int32(std::string& bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<char>(value >> 24U);
  bytes[at + 1] = static_cast<char>(value >> 16U);
  bytes[at + 2] = static_cast<char>(value >> 8U);
  bytes[at + 3] = static_cast<char>(value);
}

}  // namespace

RowBlock::RowBlock(std::vector<std::uint32_t> element_oids, ChunkLimits limits)
    : element_oids_(std::move(element_oids)), limits_(limits), row_starts_(element_oids_.size()) {
  CHECK(!element_oids_.empty(), "a block has columns");
  CHECK(limits_.rows_max > 0, "a chunk holds at least one row");
}

void RowBlock::open_chunk() {
  RowChunk chunk;
  chunk.columns.assign(element_oids_.size(), std::string(kHeaderBytes, '\0'));
  byte_count_ += element_oids_.size() * kHeaderBytes;
  is_chunk_ended_ = false;
  chunks_.push_back(std::move(chunk));
}

void RowBlock::begin_row() {
  CHECK(!is_row_open_ && !is_sealed_, "rows are added one after the other, before the seal");
  bool is_full = chunks_.empty() || is_chunk_ended_ || chunks_.back().row_count >= limits_.rows_max;
  if (!is_full) {
    std::size_t bytes = 0;
    for (const std::string& column : chunks_.back().columns)
      bytes += column.size();
    is_full = bytes >= limits_.bytes_max;
  }
  if (is_full) open_chunk();
  const std::vector<std::string>& columns = chunks_.back().columns;
  for (std::size_t i = 0; i < columns.size(); ++i)
    row_starts_[i] = columns[i].size();
  column_ = 0;
  is_row_open_ = true;
}

std::string& RowBlock::begin_cell() {
  CHECK(is_row_open_ && column_ < element_oids_.size(), "a cell has a column");
  std::string& bytes = chunks_.back().columns[column_];
  cell_start_ = bytes.size();
  bytes.append(4, '\0');
  return bytes;
}

void RowBlock::end_cell() {
  std::string& bytes = chunks_.back().columns[column_];
  const std::size_t length = bytes.size() - cell_start_ - 4;
  CHECK(length <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()),
        "a cell is below 2 GiB");
  put_int32(bytes, cell_start_, static_cast<std::uint32_t>(length));
  ++column_;
}

void RowBlock::add_cell(std::string_view bytes) {
  begin_cell().append(bytes);
  end_cell();
}

void RowBlock::add_null() {
  std::string& bytes = begin_cell();
  put_int32(bytes, cell_start_, 0xFFFFFFFFU);
  put_int32(bytes, 4, 1);  // has_nulls, in the header.
  ++column_;
}

void RowBlock::end_row() {
  CHECK(is_row_open_ && column_ == element_oids_.size(), "a row has a cell for every column");
  RowChunk& chunk = chunks_.back();
  for (std::size_t i = 0; i < chunk.columns.size(); ++i)
    byte_count_ += chunk.columns[i].size() - row_starts_[i];
  ++chunk.row_count;
  ++row_count_;
  is_row_open_ = false;
}

void RowBlock::discard_row() {
  CHECK(is_row_open_, "a row to discard");
  std::vector<std::string>& columns = chunks_.back().columns;
  // has_nulls may stay set by the discarded row: the server computes it anew.
  for (std::size_t i = 0; i < columns.size(); ++i)
    columns[i].resize(row_starts_[i]);
  is_row_open_ = false;
}

void RowBlock::seal() {
  CHECK(!is_row_open_ && !is_sealed_, "sealed once, between rows");
  if (!chunks_.empty() && chunks_.back().row_count == 0) {
    byte_count_ -= element_oids_.size() * kHeaderBytes;
    chunks_.pop_back();
  }
  for (RowChunk& chunk : chunks_) {
    for (std::size_t i = 0; i < chunk.columns.size(); ++i) {
      std::string& bytes = chunk.columns[i];
      put_int32(bytes, 0, 1);
      put_int32(bytes, 8, element_oids_[i]);
      put_int32(bytes, 12, static_cast<std::uint32_t>(chunk.row_count));
      put_int32(bytes, 16, 1);
    }
  }
  is_sealed_ = true;
}

}  // namespace relay
