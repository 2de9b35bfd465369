#include "decode/fragment_merger.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/event_decoder.h"

namespace relay {
namespace {

BsonBuilder fragment(std::int32_t number, std::int32_t count, std::string_view token) {
  return BsonBuilder()
      .document("_id", BsonBuilder().string("_data", token))
      .document("splitEvent", BsonBuilder().int32("fragment", number).int32("of", count));
}

// As mongod 6.0.27 sends it: what is small in the first, each large field in one of its own.
BsonBuilder first_of(std::int32_t count, std::string_view token = "8201") {
  return fragment(1, count, token)
      .string("operationType", "update")
      .timestamp("clusterTime", 17, 3)
      .date("wallTime", 5)
      .document("ns", BsonBuilder().string("db", "shop").string("coll", "a"))
      .document("documentKey", BsonBuilder().int32("_id", 1))
      .int64("txnNumber", 9)
      .document("lsid", BsonBuilder().int32("id", 3));
}

// Keeps the bytes of what it decodes.
class FragmentMergerTest : public testing::Test {
 protected:
  Result<std::optional<ChangeEvent>> add(const BsonBuilder& event) {
    bytes_.push_back(event.bytes());
    const Result<ChangeEvent> decoded = decode_event(bytes_.back());
    if (!decoded.ok()) return decoded.error();
    return merger.add(decoded.value());
  }

  FragmentMerger merger;

 private:
  std::vector<Bytes> bytes_;
};

TEST_F(FragmentMergerTest, WholeEventsPassUnchanged) {
  const auto event = add(BsonBuilder()
                             .document("_id", BsonBuilder().string("_data", "82AB"))
                             .string("operationType", "invalidate"));
  ASSERT_TRUE(event.ok() && event.value());
  EXPECT_EQ(event.value()->token.data, "82AB");
  EXPECT_FALSE(merger.is_pending());
}

TEST_F(FragmentMergerTest, TheLastFragmentCompletesTheEvent) {
  const BsonBuilder delta = BsonBuilder().document("updatedFields", BsonBuilder().int32("a", 1));
  const BsonBuilder document = BsonBuilder().int32("_id", 1).string("text", "large");
  auto event = add(first_of(3, "8201"));
  ASSERT_TRUE(event.ok());
  EXPECT_FALSE(event.value());
  EXPECT_TRUE(merger.is_pending());
  event = add(fragment(2, 3, "8202").document("updateDescription", delta));
  ASSERT_TRUE(event.ok());
  EXPECT_FALSE(event.value());
  event = add(fragment(3, 3, "8203").document("fullDocument", document));
  ASSERT_TRUE(event.ok() && event.value());
  EXPECT_FALSE(merger.is_pending());
  const ChangeEvent& whole = *event.value();
  EXPECT_EQ(whole.operation, OperationType::update);
  EXPECT_EQ(whole.operation_name, "update");
  EXPECT_EQ(whole.token.data, "8203") << "the others are in the middle of the event";
  EXPECT_EQ(whole.cluster_time, (ClusterTime{17, 3}));
  EXPECT_EQ(whole.wall_time_ms, 5);
  EXPECT_EQ(whole.ns, (NamespaceView{"shop", "a"}));
  EXPECT_EQ(whole.document_key.size(), BsonBuilder().int32("_id", 1).bytes().size());
  EXPECT_EQ(whole.update_description.size(), delta.bytes().size());
  EXPECT_EQ(whole.full_document.size(), document.bytes().size());
  EXPECT_EQ(whole.transaction_number, 9);
  EXPECT_FALSE(whole.transaction_session.empty());
  EXPECT_EQ(whole.fragment, 0);
  EXPECT_EQ(whole.fragment_count, 0);
}

// The stream was opened again at a place before the event.
TEST_F(FragmentMergerTest, FragmentsThatComeAgainBeginAnew) {
  ASSERT_TRUE(add(first_of(3)).ok());
  ASSERT_TRUE(add(fragment(2, 3, "8202")).ok());
  ASSERT_TRUE(add(first_of(2, "8211")).ok());
  const auto event = add(fragment(2, 2, "8212"));
  ASSERT_TRUE(event.ok() && event.value());
  EXPECT_EQ(event.value()->token.data, "8212");
}

TEST_F(FragmentMergerTest, EventThatComesInBetweenReplacesWhatIsPending) {
  ASSERT_TRUE(add(first_of(2)).ok());
  EXPECT_TRUE(add(BsonBuilder()
                      .document("_id", BsonBuilder().string("_data", "82AB"))
                      .string("operationType", "invalidate"))
                  .ok());
  EXPECT_FALSE(merger.is_pending());
}

TEST_F(FragmentMergerTest, MissingFragmentsAreErrors) {
  EXPECT_FALSE(add(fragment(2, 2, "8202")).ok()) << "the first is missing";
  ASSERT_TRUE(add(first_of(3)).ok());
  const auto event = add(fragment(3, 3, "8203"));
  ASSERT_FALSE(event.ok());
  EXPECT_EQ(event.error().kind, ErrorKind::bad_document);
  EXPECT_FALSE(merger.is_pending());
  ASSERT_TRUE(add(first_of(3)).ok());
  EXPECT_FALSE(add(fragment(2, 4, "8202")).ok()) << "of another event";
}

TEST_F(FragmentMergerTest, MergedEventMustHaveWhatARowNeeds) {
  ASSERT_TRUE(add(fragment(1, 2, "8201").string("operationType", "update")).ok());
  const auto event = add(fragment(2, 2, "8202"));
  ASSERT_FALSE(event.ok());
  EXPECT_EQ(event.error().message, "decode change event: ns is missing or of another type");
}

TEST_F(FragmentMergerTest, PlaceAmongFragmentsMustMakeSense) {
  EXPECT_FALSE(add(fragment(0, 2, "8201")).ok());
  EXPECT_FALSE(add(fragment(3, 2, "8201")).ok());
  EXPECT_FALSE(add(BsonBuilder()
                       .document("_id", BsonBuilder().string("_data", "8201"))
                       .int32("splitEvent", 1))
                   .ok());
  EXPECT_FALSE(
      add(BsonBuilder().document("splitEvent", BsonBuilder().int32("fragment", 1).int32("of", 2)))
          .ok())
      << "no token";
}

}  // namespace
}  // namespace relay
