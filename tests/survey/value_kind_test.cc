#include "survey/value_kind.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

std::string kind_of(const BsonBuilder& document) {
  const Bytes bytes = document.bytes();
  BsonReader reader;
  BsonElement element;
  if (!reader.open(bytes) || reader.next(element) != BsonReader::Step::element) return "none";
  return std::string(kind_of_value(element));
}

TEST(ValueKindTest, KindsAreCalledAsMongoDbCallsThem) {
  EXPECT_EQ(kind_of(BsonBuilder().int32("a", 1)), "int");
  EXPECT_EQ(kind_of(BsonBuilder().int64("a", 1)), "long");
  EXPECT_EQ(kind_of(BsonBuilder().real("a", 1)), "double");
  EXPECT_EQ(kind_of(BsonBuilder().decimal("a", "1")), "decimal");
  EXPECT_EQ(kind_of(BsonBuilder().string("a", "")), "string");
  EXPECT_EQ(kind_of(BsonBuilder().object_id("a", "123456789012")), "objectId");
  EXPECT_EQ(kind_of(BsonBuilder().document("a", {})), "object");
}

TEST(ValueKindTest, UuidsAreApart) {
  EXPECT_EQ(kind_of(BsonBuilder().binary("a", 4, std::string(16, 'u'))), "uuid");
  EXPECT_EQ(kind_of(BsonBuilder().binary("a", 4, std::string(15, 'u'))), "binData");
  EXPECT_EQ(kind_of(BsonBuilder().binary("a", 3, std::string(16, 'u'))), "binData");
}

TEST(ValueKindTest, NumbersAreOneFamily) {
  for (const char* kind : {"int", "long", "double", "decimal"})
    EXPECT_EQ(family_of(kind), "number");
  EXPECT_EQ(family_of("string"), "string");
}

}  // namespace
}  // namespace relay
