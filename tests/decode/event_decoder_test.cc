#include "decode/event_decoder.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

BsonBuilder token() {
  return BsonBuilder().string("_data", "82AB").binary("_typeBits", 0, "x");
}
BsonBuilder ns(std::string_view database, std::string_view collection) {
  return BsonBuilder().string("db", database).string("coll", collection);
}

// An insert without the field `left_out`.
BsonBuilder insert_without(std::string_view left_out) {
  BsonBuilder event;
  if (left_out != "_id") event.document("_id", token());
  if (left_out != "operationType") event.string("operationType", "insert");
  if (left_out != "clusterTime") event.timestamp("clusterTime", 17, 3);
  if (left_out != "wallTime") event.date("wallTime", -5);
  if (left_out != "fullDocument")
    event.document("fullDocument", BsonBuilder().int32("_id", 1).int32("a", 2));
  if (left_out != "ns") event.document("ns", ns("shop", "orders"));
  if (left_out != "documentKey") event.document("documentKey", BsonBuilder().int32("_id", 1));
  return event;
}

std::string error_of(const BsonBuilder& event) {
  const Result<ChangeEvent> decoded = decode_event(event.bytes());
  if (decoded.ok()) return "(none)";
  EXPECT_EQ(decoded.error().kind, ErrorKind::bad_document);
  return decoded.error().message;
}

TEST(EventDecoderTest, AnInsertHasAllItsParts) {
  const Bytes bytes = insert_without("").bytes();
  const Result<ChangeEvent> decoded = decode_event(bytes);
  ASSERT_TRUE(decoded.ok());
  const ChangeEvent& event = decoded.value();
  EXPECT_EQ(event.operation, OperationType::insert);
  EXPECT_EQ(event.operation_name, "insert");
  EXPECT_EQ(event.token.data, "82AB");
  EXPECT_EQ(format_token(event.token), "82AB.78");
  EXPECT_EQ(event.cluster_time, (ClusterTime{17, 3}));
  EXPECT_EQ(event.wall_time_ms, -5);
  EXPECT_EQ(event.ns, (NamespaceView{"shop", "orders"}));
  EXPECT_EQ(event.to, NamespaceView());
  EXPECT_EQ(event.document_key.size(), BsonBuilder().int32("_id", 1).bytes().size());
  EXPECT_EQ(event.full_document.size(), BsonBuilder().int32("_id", 1).int32("a", 2).bytes().size());
  EXPECT_GE(event.full_document.data(), bytes.data()) << "a view into the bytes";
  EXPECT_LT(event.full_document.data(), bytes.data() + bytes.size());
  EXPECT_TRUE(event.update_description.empty());
  EXPECT_TRUE(event.transaction_session.empty());
}

TEST(EventDecoderTest, FieldsMayComeInAnyOrder) {
  const Bytes bytes =
      BsonBuilder()
          .int64("txnNumber", 46)
          .document("lsid", BsonBuilder().binary("id", 4, "x"))
          .document("documentKey", BsonBuilder().int32("_id", 1))
          .document("ns", BsonBuilder().string("coll", "c").null("x").string("db", "d"))
          .document("updateDescription", BsonBuilder().null("updatedFields"))
          .null("fullDocument")
          .string("operationType", "update")
          .document("_id", token())
          .bytes();
  const Result<ChangeEvent> decoded = decode_event(bytes);
  ASSERT_TRUE(decoded.ok());
  const ChangeEvent& event = decoded.value();
  EXPECT_EQ(event.operation, OperationType::update);
  EXPECT_EQ(event.transaction_number, 46);
  EXPECT_FALSE(event.transaction_session.empty());
  EXPECT_FALSE(event.update_description.empty());
  EXPECT_TRUE(event.full_document.empty()) << "null: the document is gone";
  EXPECT_EQ(event.ns, (NamespaceView{"d", "c"}));
  EXPECT_TRUE(event.cluster_time.is_zero());
}

TEST(EventDecoderTest, EveryWordOfTheServerIsKnownAndOthersAreKept) {
  const std::pair<const char*, OperationType> words[] = {
      {"insert", OperationType::insert},
      {"update", OperationType::update},
      {"replace", OperationType::replace},
      {"delete", OperationType::delete_},
      {"invalidate", OperationType::invalidate},
      {"drop", OperationType::drop},
      {"rename", OperationType::rename},
      {"dropDatabase", OperationType::drop_database},
      {"create", OperationType::create},
      {"createIndexes", OperationType::create_indexes},
      {"dropIndexes", OperationType::drop_indexes},
      {"modify", OperationType::modify},
      {"reshardCollection", OperationType::unknown},
      {"Insert", OperationType::unknown}};
  for (const auto& [word, operation] : words) {
    BsonBuilder event = insert_without("operationType").string("operationType", word);
    const Bytes bytes = event.bytes();
    const Result<ChangeEvent> decoded = decode_event(bytes);
    ASSERT_TRUE(decoded.ok()) << word;
    EXPECT_EQ(decoded.value().operation, operation) << word;
    EXPECT_EQ(decoded.value().operation_name, word);
  }
}

TEST(EventDecoderTest, OtherEventsNeedNeitherNamespaceNorKey) {
  EXPECT_EQ(error_of(BsonBuilder().document("_id", token()).string("operationType", "invalidate")),
            "(none)");
  EXPECT_EQ(error_of(BsonBuilder()
                         .document("_id", token())
                         .string("operationType", "brandNew")
                         .int32("ns", 1)),
            "(none)");
  const Bytes bytes = BsonBuilder()
                          .document("to", ns("shop", "new"))
                          .document("_id", token())
                          .string("operationType", "rename")
                          .document("ns", ns("shop", "old"))
                          .bytes();
  const Result<ChangeEvent> decoded = decode_event(bytes);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded.value().to, (NamespaceView{"shop", "new"}));
}

// As a mongod 6.0 describes what it has made.
TEST(EventDecoderTest, ViewsAndTimeSeriesAreNoCollections) {
  const auto makes = [](const BsonBuilder& description) {
    const Bytes bytes = BsonBuilder()
                            .document("_id", token())
                            .string("operationType", "create")
                            .document("operationDescription", description)
                            .bytes();
    const Result<ChangeEvent> decoded = decode_event(bytes);
    EXPECT_TRUE(decoded.ok());
    return makes_collection(decoded.value());
  };
  EXPECT_TRUE(makes(BsonBuilder().document("idIndex", BsonBuilder().int32("v", 2))));
  EXPECT_TRUE(makes(BsonBuilder().int32("capped", 1)));
  EXPECT_FALSE(makes(BsonBuilder().string("viewOn", "orders")));
  EXPECT_FALSE(makes(BsonBuilder().document("timeseries", BsonBuilder())));
  EXPECT_TRUE(makes_collection(ChangeEvent{})) << "servers before 6.0 say nothing";
}

TEST(EventDecoderTest, WhatARowNeedsMustBeThere) {
  const std::string missing = " is missing or of another type";
  EXPECT_EQ(error_of(insert_without("_id")), "decode change event: _id._data" + missing);
  EXPECT_EQ(error_of(insert_without("operationType")),
            "decode change event: operationType" + missing);
  EXPECT_EQ(error_of(insert_without("ns")), "decode change event: ns" + missing);
  EXPECT_EQ(error_of(insert_without("documentKey")), "decode change event: documentKey" + missing);
  EXPECT_EQ(error_of(insert_without("fullDocument")), "(none)")
      << "too large to be sent: it is fetched by its key";
  EXPECT_EQ(error_of(insert_without("clusterTime")), "(none)");
  EXPECT_EQ(error_of(insert_without("wallTime")), "(none)") << "servers before 6.0 send none";
}

TEST(EventDecoderTest, WhatARowNeedsMustBeOfItsType) {
  const std::string missing = " is missing or of another type";
  EXPECT_EQ(error_of(insert_without("_id").document("_id", BsonBuilder().binary("_data", 0, "x"))),
            "decode change event: _id._data" + missing);
  EXPECT_EQ(error_of(insert_without("_id").string("_id", "82AB")),
            "decode change event: _id._data" + missing);
  EXPECT_EQ(error_of(insert_without("operationType").int32("operationType", 1)),
            "decode change event: operationType" + missing);
  EXPECT_EQ(error_of(insert_without("documentKey").null("documentKey")),
            "decode change event: documentKey" + missing);
  EXPECT_EQ(error_of(insert_without("ns").document("ns", BsonBuilder().string("db", "d"))),
            "decode change event: ns" + missing);
  EXPECT_EQ(error_of(insert_without("clusterTime").date("clusterTime", 1)),
            "decode change event: clusterTime is of another type");
}

TEST(EventDecoderTest, MalformedBsonIsNoEvent) {
  EXPECT_EQ(error_of(insert_without("").raw(0x02, "x", "")), "decode change event: malformed BSON");
  EXPECT_FALSE(decode_event({}).ok());
}

TEST(EventWalkerTest, YieldsEveryEventAndThenTheEnd) {
  const Bytes bytes =
      BsonBuilder().document("0", BsonBuilder().null("a")).document("1", BsonBuilder()).bytes();
  EventWalker walker(bytes);
  std::vector<std::size_t> sizes;
  for (;;) {
    const Result<std::optional<RawDocument>> event = walker.next();
    ASSERT_TRUE(event.ok());
    if (!event.value()) break;
    sizes.push_back(event.value()->size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{8, 5}));
  const Result<std::optional<RawDocument>> after = walker.next();
  ASSERT_TRUE(after.ok());
  EXPECT_FALSE(after.value()) << "the end lasts";
}

TEST(EventWalkerTest, NoArrayIsAnEmptyOne) {
  EventWalker walker({});
  const Result<std::optional<RawDocument>> event = walker.next();
  ASSERT_TRUE(event.ok());
  EXPECT_FALSE(event.value());
}

TEST(EventWalkerTest, BrokenRepliesAreErrorsNotEnds) {
  const Bytes cases[] = {BsonBuilder().int32("0", 1).bytes(),
                         BsonBuilder().raw(0x03, "0", little_endian(99, 4)).bytes(),
                         Bytes{1, 2, 3}};
  for (const Bytes& bytes : cases) {
    EventWalker walker(bytes);
    for (int i = 0; i < 2; ++i) {
      const Result<std::optional<RawDocument>> event = walker.next();
      ASSERT_FALSE(event.ok());
      EXPECT_EQ(event.error().kind, ErrorKind::bad_document);
    }
  }
}

}  // namespace
}  // namespace relay
