// Rows of append tables.
#include <gtest/gtest.h>

#include "decode/block_cells.h"
#include "decode/bson_builder.h"
#include "decode/row_encoder.h"

namespace relay {
namespace {

TableMapping append_mapping(std::vector<FieldPath> exclude = {}) {
  TableMapping mapping;
  mapping.mode = MappingMode::append;
  mapping.exclude = std::move(exclude);
  return mapping;
}

TEST(EventRowsTest, AnEventIsARow) {
  const TableMapping mapping = append_mapping();
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  const Bytes key = BsonBuilder().int32("_id", 1).bytes();
  const Bytes document = BsonBuilder().int32("_id", 1).string("a", "x").bytes();
  const EventRow insert{.position = "82AB",
                        .cluster_time = ClusterTime{1'720'739'862, 5},
                        .wall_time_ms = 1'720'739'862'907,
                        .operation = "insert",
                        .name_space = "shop.orders",
                        .document_key = key,
                        .document = document};
  EXPECT_TRUE(encoder.add_event(insert, block).is_added());
  EXPECT_TRUE(encoder.add_event({.position = "82AC", .operation = "invalidate"}, block).is_added());
  block.seal();
  EXPECT_EQ(texts_of(block, 0, TypeName::text), (CellTexts{"82AB", "82AC"}));
  EXPECT_EQ(texts_of(block, 1, TypeName::timestamp),
            (CellTexts{"2024-07-11 23:17:42+00", std::nullopt}));
  EXPECT_EQ(texts_of(block, 2, TypeName::timestamp),
            (CellTexts{"2024-07-11 23:17:42.907+00", std::nullopt}));
  EXPECT_EQ(texts_of(block, 3, TypeName::text), (CellTexts{"insert", "invalidate"}));
  EXPECT_EQ(texts_of(block, 4, TypeName::text), (CellTexts{"shop.orders", std::nullopt}));
  EXPECT_EQ(texts_of(block, 5, TypeName::json), (CellTexts{R"({"_id":1})", std::nullopt}));
  EXPECT_EQ(texts_of(block, 6, TypeName::json), (CellTexts{R"({"_id":1,"a":"x"})", std::nullopt}));
  EXPECT_EQ(texts_of(block, 7, TypeName::json), (CellTexts{std::nullopt, std::nullopt}));
}

TEST(EventRowsTest, ExcludedPathsAreCutEverywhere) {
  const TableMapping mapping = append_mapping({{"card", "number"}});
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  const BsonBuilder card = BsonBuilder().string("number", "1").int32("kind", 2);
  const Bytes document = BsonBuilder().int32("_id", 1).document("card", card).bytes();
  const Bytes change =
      BsonBuilder().document("updatedFields", BsonBuilder().string("card.number", "1")).bytes();
  const EventRow update{.position = "1",
                        .operation = "update",
                        .document_key = document,
                        .document = document,
                        .change = change};
  EXPECT_TRUE(encoder.add_event(update, block).is_added());
  block.seal();
  const CellTexts cut = {R"({"_id":1,"card":{"kind":2}})"};
  EXPECT_EQ(texts_of(block, 5, TypeName::json), cut);
  EXPECT_EQ(texts_of(block, 6, TypeName::json), cut);
  EXPECT_EQ(texts_of(block, 7, TypeName::json), CellTexts{R"({"updatedFields":{}})"});
}

TEST(EventRowsTest, ARejectedEventLeavesNoTrace) {
  const TableMapping mapping = append_mapping();
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  const Bytes good = BsonBuilder().int32("a", 1).bytes();
  const Bytes twice = BsonBuilder().int32("a", 1).int32("a", 1).bytes();
  RowOutcome outcome = encoder.add_event({.position = "1", .document = twice}, block);
  EXPECT_EQ(outcome.rejection, Rejection::duplicate_key);
  EXPECT_EQ(outcome.detail, "document");
  outcome = encoder.add_event({.position = std::string(kKeyBytesMax + 1, '0')}, block);
  EXPECT_EQ(outcome.rejection, Rejection::key_too_long);
  EXPECT_EQ(encoder.add_event({.position = "1", .name_space = "a.\xFF"}, block).rejection,
            Rejection::invalid_name);
  EXPECT_TRUE(encoder.add_event({.position = "2", .document = good}, block).is_added());
  block.seal();
  EXPECT_EQ(texts_of(block, 0, TypeName::text), CellTexts{"2"});
  EXPECT_EQ(texts_of(block, 6, TypeName::json), CellTexts{R"({"a":1})"});
}

}  // namespace
}  // namespace relay
