#include "source/chunk_reader.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

KeyBound bound(std::int32_t id, bool is_exclusive) {
  const BsonDocument key = BsonDocument().add_int32("_id", id);
  return {{key.view().begin(), key.view().end()}, is_exclusive};
}

Chunk chunk_of(std::size_t count, std::size_t byte_count) {
  Chunk chunk;
  chunk.documents.resize(count);
  chunk.byte_count = byte_count;
  return chunk;
}

TEST(ChunkReaderTest, FirstReplyIsSmallWhateverTheDocuments) {
  EXPECT_EQ(next_batch_size({}, {}), 1);
}

TEST(ChunkReaderTest, LaterRepliesHaveAboutTwoMegabytes) {
  const ChunkRequest request{.documents_max = 1'000'000, .bytes_max = 64U << 20U};
  EXPECT_EQ(next_batch_size(chunk_of(10'000, 10'000 * 1'024), request), 2'048);
  EXPECT_EQ(next_batch_size(chunk_of(4, 20'000'000), request), 1) << "one of 5 MB";
  EXPECT_EQ(next_batch_size(chunk_of(4, 400), request), 64) << "few were seen, large may come";
}

TEST(ChunkReaderTest, RepliesDoNotGoFarBeyondTheChunk) {
  const ChunkRequest request{.documents_max = 1'000, .bytes_max = 2'000'000};
  EXPECT_EQ(next_batch_size(chunk_of(990, 990'000), request), 10);
  EXPECT_EQ(next_batch_size(chunk_of(500, 1'999'500), request), 1) << "500 bytes are left";
}

TEST(ChunkReaderTest, BoundsAreMinAndMaxOnTheIndex) {
  EXPECT_EQ(build_chunk_find({.ns = {"shop", "a"}, .documents_max = 10}).json(),
            R"({ "find" : "a", "hint" : { "_id" : { "$numberInt" : "1" } }, )"
            R"("sort" : { "_id" : { "$numberInt" : "1" } }, )"
            R"("batchSize" : { "$numberInt" : "1" }, "limit" : { "$numberLong" : "10" } })");
  const std::string ranged =
      build_chunk_find(
          {.ns = {"shop", "a"}, .from = bound(1, true), .to = bound(9, false), .documents_max = 10})
          .json();
  EXPECT_NE(ranged.find(R"("min" : { "_id" : { "$numberInt" : "1" } }, )"
                        R"("filter" : { "_id" : { "$ne" : { "$numberInt" : "1" } } }, )"
                        R"("max" : { "_id" : { "$numberInt" : "9" } })"),
            std::string::npos)
      << ranged;
  const std::string inclusive =
      build_chunk_find({.ns = {"shop", "a"}, .from = bound(1, false)}).json();
  EXPECT_NE(inclusive.find(R"("min")"), std::string::npos);
  EXPECT_EQ(inclusive.find(R"("$ne")"), std::string::npos);
}

}  // namespace
}  // namespace relay
