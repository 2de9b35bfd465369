#include "apply/copy_format.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "core/check.h"

namespace relay {
namespace {

constexpr std::string_view kHeader("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kTrailer("\xff\xff", 2);
constexpr char kJsonbVersion = 1;

// Where the elements of an array begin: core/row_block.h.
constexpr std::size_t kElementsAt = 20;

class Pieces {
 public:
  explicit Pieces(const CopyOutput& output) : output_(output) {
    bytes_.reserve(kCopyPieceBytesMax);
  }

  void add(std::string_view bytes) {
    if (bytes_.size() + bytes.size() > kCopyPieceBytesMax) flush();
    // Not copied when it fills pieces of its own.
    for (; bytes.size() > kCopyPieceBytesMax && is_wanted_; bytes.remove_prefix(kCopyPieceBytesMax))
      is_wanted_ = output_(bytes.substr(0, kCopyPieceBytesMax));
    if (is_wanted_) bytes_.append(bytes);
  }

  void flush() {
    if (is_wanted_ && !bytes_.empty()) is_wanted_ = output_(bytes_);
    bytes_.clear();
  }

  [[nodiscard]] bool is_wanted() const { return is_wanted_; }

 private:
  const CopyOutput& output_;
  std::string bytes_;
  bool is_wanted_ = true;
};

// Goes through the elements of one column.
struct Cursor {
  std::string_view column;
  bool is_jsonb = false;
  std::size_t at = kElementsAt;

  void move_to(Pieces& pieces) {
    CHECK(at + 4 <= column.size(), "a cell for every row");
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8U | static_cast<unsigned char>(column[at + i]);
    const bool is_null = length == std::numeric_limits<std::uint32_t>::max();
    const std::size_t size = is_null ? 4 : 4 + std::size_t{length};
    CHECK(at + size <= column.size(), "a cell lies within its array");
    if (is_jsonb && !is_null) {
      add_jsonb(pieces, length, column.substr(at + 4, length));
    } else {
      pieces.add(column.substr(at, size));
    }
    at += size;
  }

  static void add_jsonb(Pieces& pieces, std::uint32_t length, std::string_view text) {
    const std::uint32_t larger = length + 1;
    const char opening[] = {static_cast<char>(larger >> 24U),
                            static_cast<char>(larger >> 16U),
                            static_cast<char>(larger >> 8U),
                            static_cast<char>(larger),
                            kJsonbVersion};
    pieces.add({opening, sizeof(opening)});
    pieces.add(text);
  }
};

}  // namespace

bool write_copy(const RowBlock& block,
                const std::vector<bool>& is_jsonb,
                const CopyOutput& output) {
  CHECK(block.is_sealed(), "a block is complete");
  const auto field_count = static_cast<std::uint16_t>(is_jsonb.size());
  const char row_opening[] = {static_cast<char>(field_count >> 8U), static_cast<char>(field_count)};
  Pieces pieces(output);
  pieces.add(kHeader);
  std::vector<Cursor> cursors(is_jsonb.size());
  for (const RowChunk& chunk : block.chunks()) {
    CHECK(chunk.columns.size() == cursors.size(), "every column has its form");
    for (std::size_t i = 0; i < cursors.size(); ++i)
      cursors[i] = {.column = chunk.columns[i], .is_jsonb = is_jsonb[i]};
    for (std::size_t row = 0; row < chunk.row_count && pieces.is_wanted(); ++row) {
      pieces.add({row_opening, sizeof(row_opening)});
      for (Cursor& cursor : cursors)
        cursor.move_to(pieces);
    }
  }
  pieces.add(kTrailer);
  pieces.flush();
  return pieces.is_wanted();
}

}  // namespace relay
