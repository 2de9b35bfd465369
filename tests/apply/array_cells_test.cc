#include "apply/array_cells.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

RowBlock block_of(const std::vector<std::pair<std::string, std::optional<std::string>>>& rows,
                  std::size_t rows_max = 100) {
  RowBlock block({25, 3802}, {.rows_max = rows_max, .bytes_max = 1U << 20U});
  for (const auto& [key, data] : rows) {
    block.begin_row();
    block.add_cell(key);
    if (data) {
      block.add_cell(*data);
    } else {
      block.add_null();
    }
    block.end_row();
  }
  block.seal();
  return block;
}

TEST(ArrayCellsTest, ReadsBackWhatABlockHolds) {
  const RowBlock block = block_of({{"a", "{}"}, {"", std::nullopt}, {"ccc", "[1]"}});
  const ArrayCells keys(block.chunks()[0].columns[0]);
  const ArrayCells data(block.chunks()[0].columns[1]);
  ASSERT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys[0], "a");
  EXPECT_EQ(keys[1], "") << "an empty text is not null";
  EXPECT_EQ(keys[2], "ccc");
  EXPECT_EQ(data[1], std::nullopt);
  EXPECT_EQ(data[2], "[1]");
  EXPECT_EQ(keys.element_oid(), 25U);
  EXPECT_EQ(data.element_oid(), 3802U);
}

TEST(ArrayCellsTest, ASliceIsTheArrayOfItsRows) {
  const RowBlock whole = block_of({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}});
  const RowBlock middle = block_of({{"b", "2"}, {"c", "3"}});
  const RowBlock last = block_of({{"d", "4"}});
  for (std::size_t column = 0; column < 2; ++column) {
    const ArrayCells cells(whole.chunks()[0].columns[column]);
    EXPECT_EQ(cells.slice(0, 4), whole.chunks()[0].columns[column]);
    EXPECT_EQ(cells.slice(1, 2), middle.chunks()[0].columns[column]);
    EXPECT_EQ(cells.slice(3, 1), last.chunks()[0].columns[column]);
  }
}

TEST(ArrayCellsTest, ACopyLeavesOutWhatItIsToldToAcrossChunks) {
  const RowBlock block =
      block_of({{"a", "1"}, {"b", std::nullopt}, {"c", "3"}, {"d", "4"}, {"e", "5"}}, 2);
  ASSERT_EQ(block.chunks().size(), 3U);
  const RowBlock copy = copy_without(block, {true, false, false, true, false});
  const RowBlock wanted = block_of({{"b", std::nullopt}, {"c", "3"}, {"e", "5"}}, 2);
  EXPECT_TRUE(copy.is_sealed());
  EXPECT_EQ(copy.row_count(), 3U);
  EXPECT_EQ(copy.byte_count(), wanted.byte_count());
  ASSERT_EQ(copy.chunks().size(), wanted.chunks().size());
  for (std::size_t i = 0; i < wanted.chunks().size(); ++i) {
    EXPECT_EQ(copy.chunks()[i].columns, wanted.chunks()[i].columns);
  }
}

TEST(ArrayCellsTest, ACopyMayBeEmpty) {
  const RowBlock copy = copy_without(block_of({{"a", "1"}}), {true});
  EXPECT_EQ(copy.row_count(), 0U);
  EXPECT_TRUE(copy.chunks().empty());
}

TEST(ArrayCellsTest, ABigintIsEightBytesFromTheHighestOn) {
  RowBlock block({kBigintOid}, {});
  block.begin_row();
  add_bigint(block, -2);
  block.end_row();
  block.seal();
  EXPECT_EQ(ArrayCells(block.chunks()[0].columns[0])[0], "\xff\xff\xff\xff\xff\xff\xff\xfe");
}

TEST(ArrayCellsDeathTest, AnIncompleteArrayIsNotRead) {
  const RowBlock block = block_of({{"abc", "1"}});
  const std::string cut = block.chunks()[0].columns[0].substr(0, 25);
  EXPECT_DEATH(ArrayCells{cut}, "a cell lies within its array");
}

}  // namespace
}  // namespace relay
