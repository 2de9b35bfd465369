#include "source/resume_token.h"

#include <string>

#include <gtest/gtest.h>

#include "source/captured.h"
#include "source/cursor_reply.h"

namespace relay {
namespace {

RawDocument token_of(const CapturedLine& event) {
  bson_iter_t at;
  if (!find_field(event.view(), "_id", at)) return {};
  std::uint32_t length = 0;
  const std::uint8_t* bytes = nullptr;
  bson_iter_document(&at, &length, &bytes);
  return {bytes, length};
}

// The text has to carry all of the token: what the server gets back must be what it gave.
TEST(ResumeTokenTest, EveryCapturedTokenComesBackByteForByte) {
  std::size_t with_type_bits = 0;
  for (const CapturedLine& event : load_captured("captured-6.0.5.jsonl")) {
    const RawDocument token = token_of(event);
    ASSERT_FALSE(token.empty()) << event.what;
    const std::optional<std::string> text = read_token(token);
    ASSERT_TRUE(text.has_value()) << event.what;
    if (text->find('.') != std::string::npos) ++with_type_bits;
    const BsonDocument back = to_token_document(*text);
    EXPECT_TRUE(std::ranges::equal(back.view(), token)) << event.what << " " << *text;
  }
  EXPECT_GT(with_type_bits, 0U) << "the data has keys of several number types";
}

TEST(ResumeTokenTest, ClusterTimeInsideIsTheEvents) {
  for (const CapturedLine& event : load_captured("captured-6.0.5.jsonl")) {
    const std::optional<std::string> text = read_token(token_of(event));
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(cluster_time_of(*text), find_time(event.view(), "clusterTime")) << event.what;
  }
}

TEST(ResumeTokenTest, ClusterTimeTakesAllBits) {
  EXPECT_EQ(cluster_time_of("82FFFFFFFFFFFFFFFF2B0229296E04"),
            (ClusterTime{0xFFFFFFFFU, 0xFFFFFFFFU}));
  EXPECT_EQ(cluster_time_of("820000000100000002"), (ClusterTime{1, 2}));
}

TEST(ResumeTokenTest, ClusterTimeOfSomethingElseIsUnknown) {
  EXPECT_EQ(cluster_time_of(""), std::nullopt);
  EXPECT_EQ(cluster_time_of("82000000010000000"), std::nullopt) << "one digit short";
  EXPECT_EQ(cluster_time_of("810000000100000002"), std::nullopt);
  EXPECT_EQ(cluster_time_of("82000000010000000G"), std::nullopt);
  EXPECT_EQ(cluster_time_of("82-0000010000000000"), std::nullopt);
}

// Sent on as it is, so that the server refuses it by name (9, 15, 40649); nothing is guessed here.
TEST(ResumeTokenTest, DamagedTextIsHandedOnUnchanged) {
  for (const std::string text : {"", "no hex", "8200.4", "8200.zz", "8200.40.40"}) {
    EXPECT_EQ(to_token_document(text).json(), R"({ "_data" : ")" + text + R"(" })");
  }
}

TEST(ResumeTokenTest, DocumentWithoutDataIsNoToken) {
  EXPECT_EQ(read_token(BsonDocument().view()), std::nullopt);
  EXPECT_EQ(read_token(BsonDocument().add_int32("_data", 1).view()), std::nullopt);
  EXPECT_EQ(read_token({}), std::nullopt);
}

}  // namespace
}  // namespace relay
