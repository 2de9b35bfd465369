#include "core/row_block.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

using namespace std::string_literals;

constexpr std::uint32_t kTextOid = 25;
constexpr std::uint32_t kJsonbOid = 3802;

void add_row(RowBlock& block, std::string_view key, std::string_view data) {
  block.begin_row();
  block.add_cell(key);
  block.add_cell(data);
  block.end_row();
}

TEST(RowBlockTest, AChunkIsABinaryArrayForEachColumn) {
  RowBlock block({kTextOid, kJsonbOid}, {});
  block.begin_row();
  block.add_cell("k");
  block.begin_cell().append("\x01{}");
  block.end_cell();
  block.end_row();
  block.begin_row();
  block.add_cell("");
  block.add_null();
  block.end_row();
  block.seal();

  ASSERT_EQ(block.chunks().size(), 1U);
  const RowChunk& chunk = block.chunks().front();
  EXPECT_EQ(chunk.row_count, 2U);
  EXPECT_EQ(chunk.columns[0],
            "\0\0\0\x01\0\0\0\0\0\0\0\x19\0\0\0\x02\0\0\0\x01"
            "\0\0\0\x01k\0\0\0\0"s);
  EXPECT_EQ(chunk.columns[1],
            "\0\0\0\x01\0\0\0\x01\0\0\x0e\xda\0\0\0\x02\0\0\0\x01"
            "\0\0\0\x03\x01{}\xff\xff\xff\xff"s);
}

TEST(RowBlockTest, AChunkThatWasEndedTakesNoMoreRows) {
  RowBlock block({kTextOid, kJsonbOid}, {});
  block.end_chunk();
  add_row(block, "a", "1");
  add_row(block, "b", "2");
  block.end_chunk();
  block.end_chunk();
  add_row(block, "c", "3");
  block.end_chunk();
  block.seal();
  ASSERT_EQ(block.chunks().size(), 2U);
  EXPECT_EQ(block.chunks()[0].row_count, 2U);
  EXPECT_EQ(block.chunks()[1].row_count, 1U);
}

TEST(RowBlockTest, ADiscardedRowLeavesNoTrace) {
  RowBlock with({kTextOid, kJsonbOid}, {});
  RowBlock without({kTextOid, kJsonbOid}, {});
  add_row(with, "a", "1");
  add_row(without, "a", "1");
  with.begin_row();
  with.add_cell("b");
  with.begin_cell().append("half of a docu");
  with.discard_row();
  add_row(with, "c", "2");
  add_row(without, "c", "2");
  with.seal();
  without.seal();
  EXPECT_EQ(with.chunks().front().columns, without.chunks().front().columns);
  EXPECT_EQ(with.row_count(), 2U);
  EXPECT_EQ(with.byte_count(), without.byte_count());
}

TEST(RowBlockTest, AFullChunkIsFollowedByAnother) {
  RowBlock block({kTextOid, kJsonbOid}, {.rows_max = 2, .bytes_max = 1'000});
  for (int i = 0; i < 5; ++i)
    add_row(block, "k", "v");
  block.seal();
  ASSERT_EQ(block.chunks().size(), 3U);
  EXPECT_EQ(block.chunks()[0].row_count, 2U);
  EXPECT_EQ(block.chunks()[2].row_count, 1U);
  EXPECT_EQ(block.row_count(), 5U);
}

TEST(RowBlockTest, TheRowThatReachesTheByteLimitClosesTheChunk) {
  RowBlock block({kTextOid, kJsonbOid}, {.rows_max = 100, .bytes_max = 64});
  add_row(block, "k", std::string(100, 'x'));
  add_row(block, "k", "v");
  block.seal();
  EXPECT_EQ(block.chunks().size(), 2U);
}

TEST(RowBlockTest, ABlockOfDiscardedRowsHasNoChunk) {
  RowBlock block({kTextOid}, {});
  block.begin_row();
  block.discard_row();
  block.seal();
  EXPECT_TRUE(block.chunks().empty());
  EXPECT_EQ(block.byte_count(), 0U);
}

TEST(RowBlockDeathTest, ARowWithoutAllItsCellsIsABug) {
  RowBlock block({kTextOid, kJsonbOid}, {});
  block.begin_row();
  block.add_cell("k");
  EXPECT_DEATH(block.end_row(), "a cell for every column");
}

}  // namespace
}  // namespace relay
