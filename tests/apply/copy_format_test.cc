#include "apply/copy_format.h"

#include <string>

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

const std::string kHeader = "PGCOPY\n\xff\r\n\0"s + std::string(8, '\0');
const std::string kTrailer = "\xff\xff";

struct Written {
  std::string bytes;
  std::size_t largest = 0;
  bool is_complete = false;
};

Written write(const RowBlock& block, const std::vector<bool>& is_jsonb) {
  Written written;
  written.is_complete = write_copy(block, is_jsonb, [&written](std::string_view piece) {
    written.bytes += piece;
    written.largest = std::max(written.largest, piece.size());
    return true;
  });
  return written;
}

TEST(CopyFormatTest, RowsCarryTheirFieldsWithJsonbMarked) {
  RowBlock block({20, 25, 25}, {.rows_max = 1});
  block.begin_row();
  block.add_cell("12345678");
  block.add_cell("");
  block.add_cell("{}");
  block.end_row();
  block.begin_row();
  block.add_cell("abcdefgh");
  block.add_null();
  block.add_null();
  block.end_row();
  block.seal();
  ASSERT_EQ(block.chunks().size(), 2U);
  const Written written = write(block, {false, false, true});
  EXPECT_TRUE(written.is_complete);
  EXPECT_EQ(written.bytes,
            kHeader + "\0\3"s + "\0\0\0\x08"s + "12345678" + "\0\0\0\0"s + "\0\0\0\3\1{}"s +
                "\0\3"s + "\0\0\0\x08"s + "abcdefgh" + "\xff\xff\xff\xff" + "\xff\xff\xff\xff" +
                kTrailer);
}

TEST(CopyFormatTest, NoRowsAreHeaderAndTrailer) {
  RowBlock block({25}, {});
  block.seal();
  EXPECT_EQ(write(block, {false}).bytes, kHeader + kTrailer);
}

TEST(CopyFormatTest, LargeCellsComeInPieces) {
  const std::string large(5 * kCopyPieceBytesMax + 17, 'x');
  RowBlock block({25, 25}, {});
  for (int i = 0; i < 2; ++i) {
    block.begin_row();
    block.add_cell("k");
    block.add_cell(large);
    block.end_row();
  }
  block.seal();
  const Written written = write(block, {false, false});
  std::string row = "\0\2\0\0\0\1k"s;
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    row.push_back(static_cast<char>(large.size() >> shift));
  row += large;
  EXPECT_EQ(written.bytes, kHeader + row + row + kTrailer);
  EXPECT_LE(written.largest, kCopyPieceBytesMax);
}

TEST(CopyFormatTest, StopsWhenNoMoreIsWanted) {
  RowBlock block({25}, {});
  for (int i = 0; i < 1'000; ++i) {
    block.begin_row();
    block.add_cell(std::string(kCopyPieceBytesMax, 'x'));
    block.end_row();
  }
  block.seal();
  int calls = 0;
  EXPECT_FALSE(write_copy(block, {false}, [&calls](std::string_view) { return ++calls < 3; }));
  EXPECT_EQ(calls, 3);
}

}  // namespace
}  // namespace relay
