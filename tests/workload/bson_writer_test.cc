// The writer's bytes, read by libbson.
#include "workload/bson_writer.h"

#include <limits>

#include <gtest/gtest.h>

#include "workload/bson_text.h"

namespace relay {
namespace {

TEST(BsonWriterTest, AnEmptyDocumentHasFiveBytes) {
  std::string out;
  BsonWriter bson(out);
  bson.begin_document();
  bson.end();
  EXPECT_EQ(out, std::string("\x05\0\0\0\0", 5));
}

TEST(BsonWriterTest, EveryTypeIsReadBackAsWritten) {
  std::string out;
  BsonWriter bson(out);
  bson.begin_document();
  bson.add_int32("i", -7);
  bson.add_int64("l", std::numeric_limits<std::int64_t>::min());
  bson.add_double("d", -0.5);
  bson.add_bool("t", true);
  bson.add_bool("f", false);
  bson.add_null("n");
  bson.add_text("s", "a\"b");
  bson.add_date("at", -1);
  bson.add_object_id("oid", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255});
  bson.add_cents("none", 0);
  bson.add_cents("m", 123);
  bson.add_cents("most", 9'007'199'254'740'993U);
  bson.end();
  EXPECT_EQ(to_json(out),
            R"({ "i" : { "$numberInt" : "-7" }, )"
            R"("l" : { "$numberLong" : "-9223372036854775808" }, )"
            R"("d" : { "$numberDouble" : "-0.5" }, "t" : true, "f" : false, "n" : null, )"
            R"("s" : "a\"b", "at" : { "$date" : { "$numberLong" : "-1" } }, )"
            R"("oid" : { "$oid" : "000102030405060708090aff" }, )"
            R"("none" : { "$numberDecimal" : "0.00" }, "m" : { "$numberDecimal" : "1.23" }, )"
            R"("most" : { "$numberDecimal" : "90071992547409.93" } })");
}

TEST(BsonWriterTest, AUuidIsBinaryOfSubtypeFour) {
  std::string out;
  BsonWriter bson(out);
  bson.begin_document();
  bson.add_uuid("u", {});
  bson.end();
  EXPECT_EQ(
      to_json(out),
      R"({ "u" : { "$binary" : { "base64" : "AAAAAAAAAAAAAAAAAAAAAA==", "subType" : "04" } } })");
}

TEST(BsonWriterTest, DocumentsAndArraysNest) {
  std::string inner;
  BsonWriter other(inner);
  other.begin_document();
  other.add_bool("x", true);
  other.end();

  std::string out = "before";  // What is in the buffer already stays there.
  BsonWriter bson(out);
  bson.begin_document();
  bson.begin_document("a");
  bson.begin_array("b");
  bson.add_bool("0", false);
  bson.end();
  bson.end();
  bson.add_document("c", inner);
  bson.add_elements_of(inner);
  bson.end();
  EXPECT_EQ(out.substr(0, 6), "before");
  EXPECT_EQ(to_json(std::string_view(out).substr(6)),
            R"({ "a" : { "b" : [ false ] }, "c" : { "x" : true }, "x" : true })");
}

}  // namespace
}  // namespace relay
