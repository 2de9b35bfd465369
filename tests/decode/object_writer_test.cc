// What goes into OBJECT(DYNAMIC) and what beside it, value by value.
#include "decode/object_writer.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

struct Written {
  std::string data;
  std::string overflow;
  Rejection rejection = Rejection::none;
};

class ObjectWriterTest : public testing::Test {
 protected:
  Written write(const BsonBuilder& builder) {
    const Bytes bytes = builder.bytes();
    Written written;
    written.rejection = writer_.write(bytes, tree_.root(), written.data, written.overflow);
    return written;
  }
  // After `first`, of which all is stored.
  void expect_data(const BsonBuilder& first, const BsonBuilder& then, const std::string& data) {
    EXPECT_EQ(write(first).overflow, "");
    const Written written = write(then);
    EXPECT_EQ(written.data, data);
    EXPECT_EQ(written.overflow, "");
  }
  void expect_overflow(const BsonBuilder& first,
                       const BsonBuilder& then,
                       const std::string& overflow) {
    EXPECT_EQ(write(first).overflow, "");
    const Written written = write(then);
    EXPECT_EQ(written.data, "{}");
    EXPECT_EQ(written.overflow, overflow);
  }

  PathTree tree_{{}, {}};
  ObjectColumns columns_{{}};
  ObjectWriter writer_{columns_, columns_.column("data"), ValueForm::plain_cratedb};
};

BsonBuilder doc() {
  return {};
}

TEST_F(ObjectWriterTest, AFractionBehindAnIntegerGoesBeside) {
  expect_overflow(doc().int32("n", 5), doc().real("n", 3.9), R"({"n":{"$numberDouble":"3.9"}})");
  EXPECT_EQ(writer_.misfits(), 1U);
}

TEST_F(ObjectWriterTest, AWholeDoubleFitsAnInteger) {
  expect_data(doc().int32("n", 5), doc().real("n", 4.0), R"({"n":4})");
}

TEST_F(ObjectWriterTest, AnIntegerFitsADoubleThatHoldsIt) {
  expect_data(doc().real("n", 0.5), doc().int32("n", 5), R"({"n":5.0})");
  EXPECT_EQ(write(doc().int64("n", 9'007'199'254'740'993)).overflow,
            R"({"n":{"$numberLong":"9007199254740993"}})");
}

TEST_F(ObjectWriterTest, TheEndsOfInt64GoBeside) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(write(doc().int64("n", kMax)).data, "{}");
  EXPECT_EQ(write(doc().int64("n", kMax - 1)).data, R"({"n":9223372036854775806})");
  EXPECT_EQ(write(doc().int64("n", -kMax - 1)).data, "{}");
  EXPECT_EQ(write(doc().int64("n", -kMax)).data, R"({"n":-9223372036854775807})");
}

TEST_F(ObjectWriterTest, ASampleMakesAColumnWide) {
  const Bytes later = doc().real("n", 0.5).document("d", doc().real("m", 0.5)).bytes();
  writer_.learn(later);
  EXPECT_EQ(write(doc().int32("n", 1).document("d", doc().int32("m", 2))).data,
            R"({"n":1.0,"d":{"m":2.0}})");
  EXPECT_EQ(write(doc().real("n", 0.5)).overflow, "");
}

TEST_F(ObjectWriterTest, OtherTypesThanTheColumnsGoBeside) {
  expect_overflow(doc().string("a", "x"),
                  doc().document("a", doc().int32("x", 1)),
                  R"({"a":{"x":{"$numberInt":"1"}}})");
  EXPECT_EQ(write(doc().int32("a", 5)).overflow, R"({"a":{"$numberInt":"5"}})");
  EXPECT_EQ(write(doc().boolean("b", true)).overflow, "");
  EXPECT_EQ(write(doc().int32("b", 5)).overflow, R"({"b":{"$numberInt":"5"}})");
}

TEST_F(ObjectWriterTest, MisfitsStandAtTheirOwnPlace) {
  EXPECT_EQ(write(doc().document("a", doc().int32("b", 1).int32("c", 1))).overflow, "");
  const Written written =
      write(doc().document("a", doc().string("b", "x").int32("c", 2)).string("d", "y"));
  EXPECT_EQ(written.data, R"({"a":{"c":2},"d":"y"})");
  EXPECT_EQ(written.overflow, R"({"a":{"b":"x"}})");
}

TEST_F(ObjectWriterTest, AnArrayOfMixedTypesGoesBesideAsAWhole) {
  const BsonBuilder mixed = doc().int32("0", 1).string("1", "a");
  EXPECT_EQ(write(doc().array("a", mixed)).data, "{}");
  EXPECT_EQ(write(doc().array("a", mixed)).overflow, R"({"a":[{"$numberInt":"1"},"a"]})");
  EXPECT_EQ(write(doc().array("a", doc().string("0", "x"))).data, R"({"a":["x"]})")
      << "the mixed one left no column behind";
}

TEST_F(ObjectWriterTest, IntegersAmongDoublesAreWrittenAsDoubles) {
  EXPECT_EQ(write(doc().array("a", doc().int32("0", 1).real("1", 2.5).null("2"))).data,
            R"({"a":[1.0,2.5,null]})");
}

TEST_F(ObjectWriterTest, AnEmptyArrayIsFilledLaterButIsNoScalar) {
  expect_data(doc().array("a", doc()), doc().array("a", doc().string("0", "x")), R"({"a":["x"]})");
  EXPECT_EQ(write(doc().string("a", "x")).overflow, R"({"a":"x"})");
}

TEST_F(ObjectWriterTest, ArraysOfDocumentsAreStoredWhenEveryFieldIs) {
  const BsonBuilder good = doc().document("0", doc().int32("n", 1)).document("1", doc());
  EXPECT_EQ(write(doc().array("a", good)).data, R"({"a":[{"n":1},{}]})");
  const BsonBuilder bad = doc().document("0", doc().int32("m", 1).string("n", "x"));
  EXPECT_EQ(write(doc().array("a", bad)).data, "{}");
  EXPECT_EQ(columns_.column("data").find("a")->find("m")->exists, false);
}

TEST_F(ObjectWriterTest, NamesThatAreNoColumnsGoBeside) {
  EXPECT_EQ(write(doc().int32("a.b", 1).int32("c", 1)).data, R"({"c":1})");
  EXPECT_EQ(write(doc().int32("a[b", 1)).overflow, R"({"a[b":{"$numberInt":"1"}})");
}

TEST_F(ObjectWriterTest, LongTextsGoBeside) {
  EXPECT_NE(write(doc().string("a", std::string(32'766, 'x'))).data, "{}");
  EXPECT_EQ(write(doc().string("a", std::string(32'767, 'x'))).data, "{}");
}

TEST_F(ObjectWriterTest, DeepDocumentsGoBesideFromTheLimitOn) {
  BsonBuilder nested;
  nested.int32("n", 1);
  for (int i = 0; i < 100; ++i)
    nested = doc().document("d", nested);
  const Written written = write(nested);
  EXPECT_NE(written.overflow, "");
  EXPECT_EQ(written.data.find("\"n\""), std::string::npos);
}

TEST_F(ObjectWriterTest, ValuesWithoutAnExactFormGoBeside) {
  EXPECT_EQ(write(doc().real("a", -0.0)).overflow, R"({"a":{"$numberDouble":"-0.0"}})");
  EXPECT_EQ(write(doc().string("s", std::string("a\0b", 3))).data, "{}");
  EXPECT_EQ(write(doc().date("d", 253'402'300'800'000)).data, "{}");
  EXPECT_EQ(write(doc().date("d", 0)).data, R"({"d":0})");
  EXPECT_EQ(write(doc().decimal("m", "1.10")).data, R"({"m":{"$numberDecimal":"1.10"}})");
}

TEST_F(ObjectWriterTest, ValuesThatAreObjectsInJsonAreStoredAsSuch) {
  EXPECT_EQ(
      write(doc().timestamp("t", 1, 2).binary("b", 0, "abc")).data,
      R"({"t":{"$timestamp":{"t":1,"i":2}},"b":{"$binary":{"base64":"YWJj","subType":"00"}}})");
  EXPECT_EQ(write(doc().int32("t", 1)).overflow, R"({"t":{"$numberInt":"1"}})");
  EXPECT_EQ(write(doc().int32("n", 1)).overflow, "");
  EXPECT_EQ(write(doc().timestamp("n", 1, 2)).overflow, R"({"n":{"$timestamp":{"t":1,"i":2}}})");
  EXPECT_EQ(write(doc().binary("long", 0, std::string(30'000, 'x'))).data, "{}");
}

TEST_F(ObjectWriterTest, DuplicateAndBrokenNamesRejectTheDocument) {
  EXPECT_EQ(write(doc().int32("a", 1).int32("a", 2)).rejection, Rejection::duplicate_key);
  EXPECT_EQ(write(doc().document("d", doc().int32("a", 1).int32("a", 2))).rejection,
            Rejection::duplicate_key);
  EXPECT_EQ(write(doc().int32("\xFF", 1)).rejection, Rejection::invalid_name);
}

TEST(ObjectWriterExcludeTest, WhatIsExcludedIsInNeither) {
  const PathTree tree({}, {{"card", "number"}});
  const std::vector<SubColumn> known = {{.column = "data", .path = {"card"}, .type = "text"}};
  ObjectColumns columns(known);
  ObjectWriter writer(columns, columns.column("data"), ValueForm::plain_cratedb);
  const Bytes bytes =
      doc().document("card", doc().string("number", "4").string("name", "x")).bytes();
  std::string data;
  std::string overflow;
  EXPECT_EQ(writer.write(bytes, tree.root(), data, overflow), Rejection::none);
  EXPECT_EQ(data, "{}");
  EXPECT_EQ(overflow, R"({"card":{"name":"x"}})");
}

}  // namespace
}  // namespace relay
