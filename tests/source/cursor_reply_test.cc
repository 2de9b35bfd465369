#include "source/cursor_reply.h"

#include <vector>

#include <gtest/gtest.h>

#include "source/bson_document.h"
#include "source/captured.h"
#include "source/resume_token.h"

namespace relay {
namespace {

TEST(CursorReplyTest, FilledReplyHasItsEventsInOrder) {
  const CapturedLine line = captured_reply("getMore with two events");
  const std::optional<CursorReply> reply = parse_cursor_reply(line.view());
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->cursor_id, 5'178'164'682'171'064'234);
  EXPECT_EQ(reply->collection, "a");
  EXPECT_EQ(reply->document_count, 2U);
  std::size_t offset = 0;
  const std::optional<RawDocument> first = next_document(reply->documents, offset);
  const std::optional<RawDocument> second = next_document(reply->documents, offset);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(next_document(reply->documents, offset), std::nullopt);
  EXPECT_TRUE(is_array_end(reply->documents, offset));
  EXPECT_LT(find_time(*first, "clusterTime"), find_time(*second, "clusterTime"));
  EXPECT_EQ(reply->last_document.data(), second->data());
  EXPECT_EQ(read_token(reply->post_batch_token)->substr(0, 18), "826B01390E0000000A");
}

TEST(CursorReplyTest, EmptyReplyStillHasItsToken) {
  const CapturedLine line = captured_reply("getMore, empty");
  const std::optional<CursorReply> reply = parse_cursor_reply(line.view());
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->document_count, 0U);
  EXPECT_TRUE(reply->last_document.empty());
  EXPECT_EQ(read_token(reply->post_batch_token), "826B01390E000000082B0229296E04");
}

TEST(CursorReplyTest, DatabaseStreamIsReadUnderItsPseudoCollection) {
  const CapturedLine line = captured_reply("aggregate, database stream");
  EXPECT_EQ(parse_cursor_reply(line.view())->collection, "$cmd.aggregate");
}

TEST(CursorReplyTest, ClosedStreamHasNoCursor) {
  const CapturedLine line = captured_reply("getMore: drop and invalidate, cursor id 0");
  const std::optional<CursorReply> reply = parse_cursor_reply(line.view());
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->cursor_id, 0);
  EXPECT_EQ(reply->document_count, 2U);
}

TEST(CursorReplyTest, OtherRepliesAreNoCursors) {
  EXPECT_EQ(parse_cursor_reply(captured_reply("ping").view()), std::nullopt);
  EXPECT_EQ(parse_cursor_reply({}), std::nullopt);
  BsonDocument no_batch;
  no_batch.add_document("cursor", BsonDocument().add_int64("id", 1));
  EXPECT_EQ(parse_cursor_reply(no_batch.view()), std::nullopt);
}

// Lengths come from the network: none of them may lead outside the reply.
TEST(CursorReplyTest, DamagedLengthsAreRefused) {
  const CapturedLine line = captured_reply("getMore with two events");
  const RawDocument good = parse_cursor_reply(line.view())->documents;
  const auto walk = [](RawDocument array) {
    std::size_t offset = 0;
    while (next_document(array, offset)) {
    }
    return is_array_end(array, offset);
  };
  EXPECT_TRUE(walk(good));
  // 4 bytes of the array's length, type, "0", NUL: the first document's length begins at 7.
  for (const int damage : {0, 4, 0x7FFFFFFF, -1}) {
    std::vector<std::uint8_t> bytes(good.begin(), good.end());
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[7 + i] = static_cast<std::uint8_t>(static_cast<unsigned>(damage) >> (8 * i));
    }
    EXPECT_FALSE(walk(bytes)) << damage;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(walk(good.first(size))) << size;
  }
}

TEST(CursorReplyTest, ArraysOfOtherThingsAreRefused) {
  const BsonArray texts = BsonArray().add_text("x");
  std::size_t offset = 0;
  EXPECT_EQ(next_document(texts.items().view(), offset), std::nullopt);
  EXPECT_FALSE(is_array_end(texts.items().view(), offset));
}

TEST(CursorReplyTest, FragmentsAreOpenUntilTheLastOne) {
  const auto open_after = [](int fragment, int count) {
    BsonDocument part;
    part.add_document("splitEvent",
                      BsonDocument().add_int32("fragment", fragment).add_int32("of", count));
    return count_open_fragments(part.view());
  };
  EXPECT_EQ(open_after(1, 3), 1U);
  EXPECT_EQ(open_after(2, 3), 2U);
  EXPECT_EQ(open_after(3, 3), 0U);
  EXPECT_EQ(open_after(1, 1), 0U);
  EXPECT_EQ(open_after(-1, 3), 0U);
  EXPECT_EQ(count_open_fragments(BsonDocument().add_int32("splitEvent", 1).view()), 0U);
  EXPECT_EQ(count_open_fragments({}), 0U) << "a reply without events";
}

TEST(CursorReplyTest, TimeOfAnotherTypeIsNoTime) {
  EXPECT_EQ(find_time(BsonDocument().add_time("t", {7, 8}).view(), "t"), (ClusterTime{7, 8}));
  EXPECT_EQ(find_time(BsonDocument().add_int64("t", 7).view(), "t"), std::nullopt);
  EXPECT_EQ(find_time(BsonDocument().view(), "t"), std::nullopt);
}

}  // namespace
}  // namespace relay
