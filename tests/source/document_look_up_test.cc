#include "source/document_look_up.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "source/captured.h"

namespace relay {
namespace {

std::vector<RawDocument> views_of(const std::vector<BsonDocument>& documents) {
  std::vector<RawDocument> views;
  for (const BsonDocument& document : documents)
    views.push_back(document.view());
  return views;
}

TEST(DocumentLookUpTest, ChunkEndsAtTheKeyLimit) {
  const std::vector<BsonDocument> keys(4, BsonDocument().add_int32("_id", 1));
  const std::vector<RawDocument> views = views_of(keys);
  EXPECT_EQ(chunk_size(views, {.keys_max = 3}), 3U);
  EXPECT_EQ(chunk_size(views, {.keys_max = 4}), 4U);
  EXPECT_EQ(chunk_size(views, {.keys_max = 5}), 4U);
}

TEST(DocumentLookUpTest, ChunkEndsBeforeTheKeyThatExceedsTheBytes) {
  const std::vector<BsonDocument> keys(3, BsonDocument().add_int32("_id", 1));
  const std::vector<RawDocument> views = views_of(keys);
  const std::size_t one = views[0].size();
  EXPECT_EQ(chunk_size(views, {.key_bytes_max = 2 * one}), 2U);
  EXPECT_EQ(chunk_size(views, {.key_bytes_max = 2 * one - 1}), 1U);
  EXPECT_EQ(chunk_size(views, {.key_bytes_max = 1}), 1U)
      << "one key always goes, whatever its size";
}

// The look-up finds a document only if the server gets the very same _id.
TEST(DocumentLookUpTest, EveryCapturedIdGoesIntoTheCommandByteForByte) {
  std::size_t compared = 0;
  for (const CapturedLine& event : load_captured("captured-6.0.5.jsonl")) {
    bson_iter_t at;
    if (!find_field(event.view(), "documentKey", at)) continue;
    std::uint32_t length = 0;
    const std::uint8_t* bytes = nullptr;
    bson_iter_document(&at, &length, &bytes);
    const std::vector<RawDocument> keys = {RawDocument(bytes, length)};
    const Result<BsonDocument> find = build_find("c", keys);
    ASSERT_TRUE(find.ok()) << event.what;
    // A key is length, type, "_id", NUL, value, end; in the command's array the name is "0"
    // instead.
    std::vector<std::uint8_t> element = {bytes[4], '0', 0};
    element.insert(element.end(), bytes + 9, bytes + length - 1);
    EXPECT_FALSE(std::ranges::search(find.value().view(), element).empty()) << event.what;
    ++compared;
  }
  EXPECT_GT(compared, 100U);
}

TEST(DocumentLookUpTest, OnlyTheIdOfAShardedKeyIsAskedFor) {
  const std::vector<BsonDocument> keys = {
      BsonDocument().add_text("region", "eu").add_int32("_id", 7)};
  const Result<BsonDocument> find = build_find("orders", views_of(keys));
  ASSERT_TRUE(find.ok());
  EXPECT_EQ(
      find.value().json(),
      R"({ "find" : "orders", "filter" : { "_id" : { "$in" : [ { "$numberInt" : "7" } ] } }, )"
      R"("batchSize" : { "$numberInt" : "2" } })");
}

TEST(DocumentLookUpTest, KeyWithoutIdIsABadDocument) {
  const std::vector<BsonDocument> keys = {BsonDocument().add_int32("x", 7)};
  const Result<BsonDocument> find = build_find("orders", views_of(keys));
  ASSERT_FALSE(find.ok());
  EXPECT_EQ(find.error().kind, ErrorKind::bad_document);
}

}  // namespace
}  // namespace relay
