// Rows of mirror tables on CrateDB: the rest, `overflow`, and which rows end a statement.
#include <gtest/gtest.h>

#include "decode/encoded_row.h"

namespace relay {
namespace {

TEST(RowEncoderCrateTest, JsonIsText) {
  TableMapping mapping;
  RowEncoder encoder(mapping, JsonTarget::cratedb);
  RowBlock block = encoder.make_upserts();
  EXPECT_TRUE(encoder.add_upsert("1", BsonBuilder().int32("_id", 1).date("d", 0).bytes(), block)
                  .is_added());
  block.seal();
  EXPECT_EQ(column_of(block, 1).oid, 25U);
  EXPECT_EQ(column_of(block, 1).cells, CellTexts{R"({"_id":1,"d":0})"});
}

// Of rows behind it in a statement CrateDB would keep the old objects.
TEST(RowEncoderCrateTest, ARowThatBringsSubColumnsIsTheLastOfItsChunk) {
  const TableMapping mapping;
  RowEncoder encoder(mapping, JsonTarget::cratedb);
  const Bytes small = BsonBuilder().int32("_id", 1).bytes();
  const Bytes large = BsonBuilder().int32("_id", 2).null("a").bytes();
  const Bytes typed = BsonBuilder().int32("_id", 2).string("a", "x").bytes();
  const Bytes twice = BsonBuilder().int32("_id", 2).int32("b", 1).int32("b", 1).bytes();
  const auto sizes_of_chunks = [&] {
    RowBlock block = encoder.make_upserts();
    for (const Bytes* document : {&small, &small, &twice, &large, &small, &large, &typed, &small})
      static_cast<void>(encoder.add_upsert("1", *document, block));
    block.seal();
    std::vector<std::size_t> sizes;
    for (const RowChunk& chunk : block.chunks())
      sizes.push_back(chunk.row_count);
    return sizes;
  };
  using Sizes = std::vector<std::size_t>;
  EXPECT_EQ(sizes_of_chunks(), (Sizes{1, 2, 3, 1}));
  encoder.discard_batch();
  EXPECT_EQ(sizes_of_chunks(), (Sizes{1, 2, 3, 1})) << "made again";
  encoder.end_batch();
  EXPECT_EQ(sizes_of_chunks(), Sizes{7});
}

// On CrateDB a row ends with the rest and `overflow`.
std::string rest_and_overflow(const Row& row) {
  const std::size_t size = row.cells.size();
  return row.cells[size - 2].value_or("-") + " " + row.cells[size - 1].value_or("-");
}

TEST(RowEncoderCrateTest, AMisfitStaysInTheRestOrBesideIt) {
  const TableMapping mapping = with_columns({{.name = "a", .path = {"a"}, .type = kBigint},
                                             {.name = "b", .path = {"d", "b"}, .type = kBigint}});
  const auto crate = [&](const BsonBuilder& document) {
    return rest_and_overflow(encode(mapping, document, JsonTarget::cratedb));
  };
  EXPECT_EQ(crate(with_id().int32("a", 1)), "{} -");
  EXPECT_EQ(crate(with_id().string("a", "x")), R"({"a":"x"} -)");
  EXPECT_EQ(crate(with_id().real("a", 1.5)), R"({"a":{"$numberDouble":"1.5"}} -)");
  EXPECT_EQ(crate(with_id().null("a")), R"({"a":null} -)");
  EXPECT_EQ(crate(with_id().document("d", BsonBuilder().int32("b", 1))), R"({"d":{}} -)");
  EXPECT_EQ(crate(with_id().document("d", BsonBuilder().int32("b", 1).int32("$c", 2))),
            R"({} {"d":{"$literal":{"$c":{"$numberInt":"2"}}}})");
  EXPECT_EQ(crate(with_id().array("a", BsonBuilder().int32("0", 1).string("1", "x"))),
            R"({} {"a":[{"$numberInt":"1"},"x"]})");
}

// The document is no object any more, for its sub-column is a text: its column still gets its part.
TEST(RowEncoderCrateTest, ADocumentBesideTheRestFillsItsColumns) {
  const TableMapping mapping = with_columns({{.name = "b", .path = {"d", "b"}, .type = kBigint}});
  RowEncoder encoder(mapping, JsonTarget::cratedb);
  encoder.set_sub_columns({{.column = "data", .path = {"d"}, .type = "text"}});
  RowBlock block = encoder.make_upserts();
  const Bytes bytes = with_id().document("d", BsonBuilder().int32("b", 1).int32("c", 2)).bytes();
  ASSERT_TRUE(encoder.add_upsert("key", bytes, block).is_added());
  block.seal();
  EXPECT_EQ(texts_of(block, 1, TypeName::bigint), CellTexts{"1"});
  EXPECT_EQ(column_of(block, 2).cells, CellTexts{"{}"});
  EXPECT_EQ(column_of(block, 3).cells, CellTexts{R"({"d":{"c":{"$numberInt":"2"}}})"});
  EXPECT_EQ(encoder.misfits().back(), 1U);
  EXPECT_EQ(encoder.misfit_column(encoder.misfits().size() - 1), "data");
}

// A JSON column takes a document whole or not at all.
TEST(RowEncoderCrateTest, AnObjectColumnTakesAllOfADocument) {
  const TableMapping mapping =
      with_columns({{.name = "d", .path = {"d"}, .type = {.name = TypeName::json}}});
  RowEncoder encoder(mapping, JsonTarget::cratedb);
  RowBlock block = encoder.make_upserts();
  for (const double value : {1.0, 1.5}) {
    const bool is_whole = value == 1.0;
    const BsonBuilder inner = is_whole ? BsonBuilder().int32("n", 1).boolean("t", true)
                                       : BsonBuilder().boolean("u", true).real("n", value);
    const Bytes bytes = with_id().document("d", inner).bytes();
    ASSERT_TRUE(encoder.add_upsert("key", bytes, block).is_added());
  }
  block.seal();
  EXPECT_EQ(column_of(block, 1).cells, (CellTexts{R"({"n":1,"t":true})", std::nullopt}));
  EXPECT_EQ(column_of(block, 2).cells,
            (CellTexts{"{}", R"({"d":{"u":true,"n":{"$numberDouble":"1.5"}}})"}));
  EXPECT_EQ(encoder.misfits().front() + encoder.misfits()[1], 1U);
}

TEST(RowEncoderCrateTest, ATableWithoutRestHasNoOverflow) {
  TableMapping mapping = with_columns({{.name = "a", .path = {"a"}, .type = kBigint}});
  mapping.rest = "";
  EXPECT_EQ(encode(mapping, with_id().int32("a", 1), JsonTarget::cratedb).cells.size(), 2U);
  EXPECT_EQ(encode(mapping, with_id().string("a", "x"), JsonTarget::cratedb).outcome.rejection,
            Rejection::misfit);
}

// The table got a column: what rows under way have brought is in no catalogue yet.
TEST(RowEncoderCrateTest, TheNextMappingKnowsTheTypesOfRowsUnderWay) {
  const TableMapping before = with_columns({});
  TableMapping after = before;
  after.columns.push_back({.name = "city", .path = {"city"}});
  RowEncoder earlier(before, JsonTarget::cratedb);
  RowBlock block = earlier.make_upserts();
  ASSERT_TRUE(earlier.add_upsert("1", with_id().int32("n", 1).bytes(), block).is_added());
  earlier.end_batch();
  RowEncoder encoder(after, JsonTarget::cratedb);
  encoder.take_sub_columns(earlier);
  EXPECT_FALSE(encoder.is_learning());
  RowBlock next = encoder.make_upserts();
  ASSERT_TRUE(encoder.add_upsert("1", with_id().real("n", 3.9).bytes(), next).is_added());
  next.seal();
  const std::size_t last = next.chunks().front().columns.size() - 1;
  EXPECT_EQ(column_of(next, last).cells, CellTexts{R"({"n":{"$numberDouble":"3.9"}})"});
}

}  // namespace
}  // namespace relay
