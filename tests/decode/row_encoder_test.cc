#include "decode/row_encoder.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

using namespace std::string_literals;

// The cells of a column of a sealed block; integers are big-endian.
std::vector<std::string> cells_of(const RowBlock& block,
                                  std::size_t column,
                                  std::uint32_t expected_oid) {
  std::vector<std::string> cells;
  for (const RowChunk& chunk : block.chunks()) {
    const std::string& bytes = chunk.columns.at(column);
    const auto number = [&bytes](std::size_t at) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < 4; ++i)
        value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + i));
      return value;
    };
    EXPECT_EQ(number(8), expected_oid);
    for (std::size_t at = 20; at < bytes.size(); at += 4 + number(at))
      cells.push_back(bytes.substr(at + 4, number(at)));
  }
  return cells;
}

TEST(RowEncoderTest, PostgresqlGetsJsonbInItsBinaryForm) {
  TableMapping mapping;
  const RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  EXPECT_EQ(encoder.add_upsert("1", BsonBuilder().int32("_id", 1).date("d", 0).bytes(), block),
            Rejection::none);
  block.seal();
  EXPECT_EQ(cells_of(block, 0, 25), (std::vector<std::string>{"1"}));
  EXPECT_EQ(cells_of(block, 1, 25),
            (std::vector<std::string>{"{\"_id\":1,\"d\":\"1970-01-01T00:00:00.000Z\"}"}));
}

TEST(RowEncoderTest, CratedbGetsJsonText) {
  TableMapping mapping;
  const RowEncoder encoder(mapping, JsonTarget::cratedb);
  RowBlock block = encoder.make_upserts();
  EXPECT_EQ(encoder.add_upsert("1", BsonBuilder().int32("_id", 1).date("d", 0).bytes(), block),
            Rejection::none);
  block.seal();
  EXPECT_EQ(cells_of(block, 1, 114), (std::vector<std::string>{R"({"_id":1,"d":0})"}));
}

TEST(RowEncoderTest, TheMappingChoosesTheForm) {
  TableMapping mapping;
  mapping.json = JsonForm::extended;
  const RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  EXPECT_EQ(encoder.add_upsert("1", BsonBuilder().int32("_id", 1).bytes(), block), Rejection::none);
  block.seal();
  EXPECT_EQ(cells_of(block, 1, 25), (std::vector<std::string>{"{\"_id\":{\"$numberInt\":\"1\"}}"}));
}

TEST(RowEncoderTest, ARejectedDocumentLeavesNoTrace) {
  TableMapping mapping;
  const RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock with = encoder.make_upserts();
  RowBlock without = encoder.make_upserts();
  const Bytes good = BsonBuilder().int32("_id", 1).bytes();
  const Bytes bad = BsonBuilder().string("a", std::string(5'000, 'x')).null("a").bytes();
  for (RowBlock* block : {&with, &without})
    EXPECT_EQ(encoder.add_upsert("1", good, *block), Rejection::none);
  EXPECT_EQ(encoder.add_upsert("2", bad, with), Rejection::duplicate_key);
  for (RowBlock* block : {&with, &without}) {
    EXPECT_EQ(encoder.add_upsert("3", good, *block), Rejection::none);
    block->seal();
  }
  EXPECT_EQ(with.chunks().front().columns, without.chunks().front().columns);
  EXPECT_EQ(with.row_count(), 2U);
}

TEST(RowEncoderTest, RemovalsAreKeysAlone) {
  TableMapping mapping;
  RowBlock block = RowEncoder(mapping, JsonTarget::postgresql)
                       .make_removals({.rows_max = 2, .bytes_max = 1'000});
  for (const char* key : {"a", "", "c"})
    RowEncoder::add_removal(key, block);
  block.seal();
  EXPECT_EQ(block.chunks().size(), 2U);
  EXPECT_EQ(cells_of(block, 0, 25), (std::vector<std::string>{"a", "", "c"}));
}

}  // namespace
}  // namespace relay
