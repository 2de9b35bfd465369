// RowBlock: rows of one table, column by column, in the form both targets take them on the wire.
//
// Each column of a chunk is one PostgreSQL binary array, ready to be sent as a parameter:
//   int32 dimensions = 1, int32 has_nulls, int32 element type OID, int32 row count, int32 lower
//   bound = 1, then for each element int32 length (-1: null) and the bytes; all integers
//   big-endian.
// (PostgreSQL source, src/backend/utils/adt/arrayfuncs.c, array_recv.)
//
// A chunk becomes one statement. Statements of a thousand rows are the fastest, larger ones make
// the server copy megabytes (docs/performance.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

struct ChunkLimits {
  std::size_t rows_max = 1'000;
  std::size_t bytes_max = 1U << 20U;  // A chunk is closed by the first row that reaches it.
};

struct RowChunk {
  std::size_t row_count = 0;
  std::vector<std::string> columns;  // Binary arrays, complete once the block is sealed.
};

class RowBlock {
 public:
  // `element_oids`: the element type of each column.
  RowBlock(std::vector<std::uint32_t> element_oids, ChunkLimits limits);

  // One row: begin_row, then for every column, in order, one of: begin_cell + append + end_cell,
  // add_cell, add_null; then end_row. discard_row takes back a row that turned out to be
  // impossible.
  void begin_row();
  // The buffer to append the cell's bytes to; valid until end_cell.
  std::string& begin_cell();
  void end_cell();
  void add_cell(std::string_view bytes);
  void add_null();
  void end_row();
  void discard_row();
  // The row that comes next, if one does, begins a chunk.
  void end_chunk() { is_chunk_ended_ = true; }

  // Completes the array headers. No row may be added afterwards.
  void seal();

  [[nodiscard]] const std::vector<RowChunk>& chunks() const { return chunks_; }
  [[nodiscard]] std::size_t row_count() const { return row_count_; }
  // Bytes of all cells and headers so far.
  [[nodiscard]] std::size_t byte_count() const { return byte_count_; }
  [[nodiscard]] bool is_sealed() const { return is_sealed_; }

 private:
  void open_chunk();

  std::vector<std::uint32_t> element_oids_;
  ChunkLimits limits_;
  std::vector<RowChunk> chunks_;
  std::vector<std::size_t> row_starts_;  // Size of each column when the current row began.
  std::size_t column_ = 0;               // The column the next cell belongs to.
  std::size_t cell_start_ = 0;
  std::size_t row_count_ = 0;
  std::size_t byte_count_ = 0;
  bool is_row_open_ = false;
  bool is_chunk_ended_ = false;
  bool is_sealed_ = false;
};

}  // namespace relay
