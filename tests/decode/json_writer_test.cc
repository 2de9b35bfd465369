// Every line of the JSON tables of docs/values.md, in the three texts a value can have.
#include "decode/json_writer.h"

#include <chrono>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/text_format.h"

namespace relay {
namespace {

using namespace std::string_literals;

const std::string kOid = "\x50\x7f\x1f\x77\xbc\xf8\x6c\xd7\x99\x43\x90\x11";
const std::string kUuid = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"s;

std::string json_of(const BsonBuilder& document,
                    JsonForm form,
                    JsonTarget target = JsonTarget::postgresql) {
  std::string out;
  const Rejection rejection = append_json(document.bytes(), form, target, out);
  return rejection == Rejection::none ? out : std::string(format_rejection(rejection));
}

struct JsonCase {
  std::string name;
  BsonBuilder document;
  std::string plain;
  std::string extended;
  std::string cratedb = {};  // Empty: as plain.
};

class JsonWriterTest : public testing::TestWithParam<JsonCase> {};

TEST_P(JsonWriterTest, IsAsTheTableSays) {
  const JsonCase& c = GetParam();
  EXPECT_EQ(json_of(c.document, JsonForm::plain), c.plain);
  EXPECT_EQ(json_of(c.document, JsonForm::plain, JsonTarget::cratedb),
            c.cratedb.empty() ? c.plain : c.cratedb);
  EXPECT_EQ(json_of(c.document, JsonForm::extended), c.extended);
  EXPECT_EQ(json_of(c.document, JsonForm::extended, JsonTarget::cratedb), c.extended);
}

const auto case_name = [](const auto& test) { return test.param.name; };

// A case whose three texts are one.
JsonCase same(std::string name, const BsonBuilder& document, const std::string& text) {
  return {std::move(name), document, text, text};
}

BsonBuilder text_of(std::string_view text) {
  return BsonBuilder().string("v", text);
}

INSTANTIATE_TEST_SUITE_P(
    Common,
    JsonWriterTest,
    testing::Values(
        same("Empty", BsonBuilder(), "{}"),
        same("String", text_of("x\"\n\xc3\xa4"), "{\"v\":\"x\\\"\\n\xc3\xa4\"}"),
        same("StringWithNul", text_of("a\0b"s), R"({"v":{"$string":{"base64":"YQBi"}}})"),
        same("StringInvalid", text_of("\xc0\x80"), R"({"v":{"$string":{"base64":"wIA="}}})"),
        same("StringSurrogate", text_of("\xed\xa0\x80"), R"({"v":{"$string":{"base64":"7aCA"}}})"),
        same(
            "StringInvalidFarBehind",
            text_of(std::string(9'000, 'x') + "\xff").string("w", "y"),
            R"({"v":{"$string":{"base64":")" +
                [] {
                  std::string s;
                  for (int i = 0; i < 3'000; ++i)
                    s += "eHh4";
                  return s;
                }() +
                R"(/w=="}},"w":"y"})"),
        same("Bool",
             BsonBuilder().boolean("a", true).boolean("b", false),
             R"({"a":true,"b":false})"),
        same("Null", BsonBuilder().null("v"), R"({"v":null})"),
        same("EmptyContainers",
             BsonBuilder().document("d", BsonBuilder()).array("a", BsonBuilder()),
             R"({"d":{},"a":[]})"),
        same("Nested",
             BsonBuilder().document("d",
                                    BsonBuilder().array("a",
                                                        BsonBuilder().null("0").document(
                                                            "1", BsonBuilder().null("x")))),
             R"({"d":{"a":[null,{"x":null}]}})"),
        same("ArrayByPosition",
             BsonBuilder().array(
                 "a", BsonBuilder().null("5").boolean("5", true).null("\xff").null("$x")),
             R"({"a":[null,true,null,null]})"),
        same("Names",
             BsonBuilder()
                 .null("")
                 .null("a.b")
                 .null("a\"\\\n")
                 .null("\xd0\xb0")
                 .null(std::string(100, 'n')),
             R"({"":null,"a.b":null,"a\"\\\n":null,")"
             "\xd0\xb0"
             R"(":null,")" +
                 std::string(100, 'n') + R"(":null})"),
        same("Decimal", BsonBuilder().decimal("v", "1.10"), R"({"v":{"$numberDecimal":"1.10"}})"),
        same(
            "DecimalSpecial",
            BsonBuilder().decimal("a", "-0").decimal("b", "NaN").decimal("c", "1E-6176"),
            R"({"a":{"$numberDecimal":"-0"},"b":{"$numberDecimal":"NaN"},"c":{"$numberDecimal":"1E-6176"}})"),
        same(
            "DoubleSpecial",
            BsonBuilder()
                .real("a", -0.0)
                .real("b", std::nan(""))
                .real("c", HUGE_VAL)
                .real("d", -HUGE_VAL),
            R"({"a":{"$numberDouble":"-0.0"},"b":{"$numberDouble":"NaN"},"c":{"$numberDouble":"Infinity"},"d":{"$numberDouble":"-Infinity"}})"),
        same(
            "DateOutside",
            BsonBuilder()
                .date("a", kDateTextMin - 1)
                .date("b", kDateTextMax + 1)
                .date("c", std::numeric_limits<std::int64_t>::min()),
            R"({"a":{"$date":{"$numberLong":"-62135596800001"}},"b":{"$date":{"$numberLong":"253402300800000"}},)"
            R"("c":{"$date":{"$numberLong":"-9223372036854775808"}}})"),
        same(
            "Binary",
            BsonBuilder()
                .binary("a", 0, "")
                .binary("b", 0xff, "abc")
                .binary("c", 2, little_endian(3, 4) + "abc"),
            R"({"a":{"$binary":{"base64":"","subType":"00"}},"b":{"$binary":{"base64":"YWJj","subType":"ff"}},)"
            R"("c":{"$binary":{"base64":"YWJj","subType":"02"}}})"),
        same("UuidOfWrongLength",
             BsonBuilder().binary("v", 4, kUuid.substr(1)),
             R"({"v":{"$binary":{"base64":"AQIDBAUGBwgJCgsMDQ4P","subType":"04"}}})"),
        same("UuidOfSubtype3",
             BsonBuilder().binary("v", 3, kUuid),
             R"({"v":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}}})"),
        same("Regex",
             BsonBuilder().raw(0x0B, "v", "^a\\d\0mi\0"s),
             R"({"v":{"$regularExpression":{"pattern":"^a\\d","options":"mi"}}})"),
        same(
            "RegexInvalid",
            BsonBuilder().raw(0x0B, "v", "\xff\0\0"s),
            R"({"v":{"$regularExpression":{"pattern":{"$string":{"base64":"/w=="}},"options":""}}})"),
        same("Code", BsonBuilder().raw(0x0D, "v", string_value("x")), R"({"v":{"$code":"x"}})"),
        same("CodeWithNul",
             BsonBuilder().raw(0x0D, "v", string_value("\0"s)),
             R"({"v":{"$code":{"$string":{"base64":"AA=="}}}})"),
        same("CodeWithScope",
             BsonBuilder()
                 .raw(0x0F,
                      "v",
                      little_endian(4 + 6 + 12, 4) + string_value("x") +
                          as_text(BsonBuilder().int32("a", 1).bytes()))
                 .null("w"),
             R"({"v":{"$code":"x","$scope":{"a":{"$numberInt":"1"}}},"w":null})"),
        same("ScopeWithDollar",
             BsonBuilder().raw(0x0F,
                               "v",
                               little_endian(4 + 6 + 9, 4) + string_value("x") +
                                   as_text(BsonBuilder().null("$a").bytes())),
             R"({"v":{"$code":"x","$scope":{"$literal":{"$a":null}}}})"),
        same("DbPointer",
             BsonBuilder().raw(0x0C, "v", string_value("d.c") + kOid),
             R"({"v":{"$dbPointer":{"$ref":"d.c","$id":{"$oid":"507f1f77bcf86cd799439011"}}}})"),
        same("Timestamp",
             BsonBuilder().timestamp("v", 4'294'967'295, 7),
             R"({"v":{"$timestamp":{"t":4294967295,"i":7}}})"),
        same("Symbol", BsonBuilder().raw(0x0E, "v", string_value("s")), R"({"v":{"$symbol":"s"}})"),
        same("SymbolInvalid",
             BsonBuilder().raw(0x0E, "v", string_value("\xff")),
             R"({"v":{"$symbol":{"$string":{"base64":"/w=="}}}})"),
        same("Undefined", BsonBuilder().raw(0x06, "v", ""), R"({"v":{"$undefined":true}})"),
        same("MinAndMaxKey",
             BsonBuilder().raw(0xFF, "a", "").raw(0x7F, "b", ""),
             R"({"a":{"$minKey":1},"b":{"$maxKey":1}})")),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Forms,
    JsonWriterTest,
    testing::Values(
        JsonCase{"Int32",
                 BsonBuilder().int32("a", 1).int32("b", -2'147'483'647 - 1),
                 R"({"a":1,"b":-2147483648})",
                 R"({"a":{"$numberInt":"1"},"b":{"$numberInt":"-2147483648"}})"},
        JsonCase{"Int64",
                 BsonBuilder().int64("v", std::numeric_limits<std::int64_t>::min()),
                 R"({"v":-9223372036854775808})",
                 R"({"v":{"$numberLong":"-9223372036854775808"}})"},
        JsonCase{
            "Double",
            BsonBuilder().real("a", 3).real("b", 0.1).real("c", 1e30),
            R"({"a":3.0,"b":0.1,"c":1e+30})",
            R"({"a":{"$numberDouble":"3.0"},"b":{"$numberDouble":"0.1"},"c":{"$numberDouble":"1e+30"}})"},
        JsonCase{"ObjectId",
                 BsonBuilder().object_id("v", kOid),
                 R"({"v":"507f1f77bcf86cd799439011"})",
                 R"({"v":{"$oid":"507f1f77bcf86cd799439011"}})"},
        JsonCase{"Date",
                 BsonBuilder().date("v", 1'720'739'862'907),
                 R"({"v":"2024-07-11T23:17:42.907Z"})",
                 R"({"v":{"$date":{"$numberLong":"1720739862907"}}})",
                 R"({"v":1720739862907})"},
        JsonCase{
            "DateLimits",
            BsonBuilder().date("a", kDateTextMin).date("b", kDateTextMax),
            R"({"a":"0001-01-01T00:00:00.000Z","b":"9999-12-31T23:59:59.999Z"})",
            R"({"a":{"$date":{"$numberLong":"-62135596800000"}},"b":{"$date":{"$numberLong":"253402300799999"}}})",
            R"({"a":-62135596800000,"b":253402300799999})"},
        JsonCase{"Uuid",
                 BsonBuilder().binary("v", 4, kUuid),
                 R"({"v":"00010203-0405-0607-0809-0a0b0c0d0e0f"})",
                 R"({"v":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}})"}),
    case_name);

INSTANTIATE_TEST_SUITE_P(
    Literal,
    JsonWriterTest,
    testing::Values(
        same("DollarFirst",
             BsonBuilder().document("v", BsonBuilder().string("$oid", "x")),
             R"({"v":{"$literal":{"$oid":"x"}}})"),
        same("DollarLater",
             BsonBuilder().document("v", BsonBuilder().null("a").null("$b").null("$c")).null("w"),
             R"({"v":{"$literal":{"a":null,"$b":null,"$c":null}},"w":null})"),
        same("DollarAlone",
             BsonBuilder().document("v", BsonBuilder().null("$")),
             R"({"v":{"$literal":{"$":null}}})"),
        same("DollarInside", BsonBuilder().null("a$b"), R"({"a$b":null})"),
        same("Outermost",
             BsonBuilder().null("_id").null("$a"),
             R"({"$literal":{"_id":null,"$a":null}})"),
        same(
            "Levels",
            BsonBuilder().null("a").document(
                "$x",
                BsonBuilder().null("b").array(
                    "$y", BsonBuilder().document("0", BsonBuilder().null("$z")))),
            R"({"$literal":{"a":null,"$x":{"$literal":{"b":null,"$y":[{"$literal":{"$z":null}}]}}}})"),
        same("ItsOwnName",
             BsonBuilder().document("$literal", BsonBuilder()),
             R"({"$literal":{"$literal":{}}})"),
        same("BehindMuchText",
             BsonBuilder().string("a", std::string(10'000, 'x')).null("$b"),
             R"({"$literal":{"a":")" + std::string(10'000, 'x') + R"(","$b":null}})"),
        same("DbRef",
             BsonBuilder().document(
                 "v", BsonBuilder().string("$ref", "c").null("$id").string("$db", "d").null("x")),
             R"({"v":{"$ref":"c","$id":null,"$db":"d","x":null}})"),
        same("DbRefInOtherOrder",
             BsonBuilder().null("$id").null("$ref"),
             R"({"$literal":{"$id":null,"$ref":null}})"),
        same("DbRefWithoutId", BsonBuilder().null("$ref"), R"({"$literal":{"$ref":null}})"),
        same("DbRefWithFieldBetween",
             BsonBuilder().null("$ref").null("a").null("$id"),
             R"({"$literal":{"$ref":null,"a":null,"$id":null}})"),
        same("DbRefNotFirst",
             BsonBuilder().null("a").null("$ref").null("$id"),
             R"({"$literal":{"a":null,"$ref":null,"$id":null}})")),
    case_name);

TEST(JsonRejectionTest, DuplicateKeysAtEveryLevel) {
  const BsonBuilder twice = BsonBuilder().null("a").null("b").null("a");
  EXPECT_EQ(json_of(twice, JsonForm::plain), "duplicate_key");
  EXPECT_EQ(json_of(twice, JsonForm::extended), "duplicate_key");
  EXPECT_EQ(json_of(BsonBuilder().document("a", twice), JsonForm::plain), "duplicate_key");
  EXPECT_EQ(json_of(BsonBuilder().array("a", BsonBuilder().document("0", twice)), JsonForm::plain),
            "duplicate_key");
  const std::string scope = little_endian(4 + 6 + as_text(twice.bytes()).size(), 4) +
                            string_value("x") + as_text(twice.bytes());
  EXPECT_EQ(json_of(BsonBuilder().raw(0x0F, "v", scope), JsonForm::plain), "duplicate_key");
  EXPECT_EQ(json_of(BsonBuilder().null("").null(""), JsonForm::plain), "duplicate_key");
}

TEST(JsonRejectionTest, TheSameNameInOtherDocumentsIsNoDuplicate) {
  const BsonBuilder one = BsonBuilder().null("a");
  EXPECT_EQ(json_of(BsonBuilder().document("a", one).document("b", one), JsonForm::plain),
            R"({"a":{"a":null},"b":{"a":null}})");
}

// A million names must not be compared with each other; the bound is far above what linear work
// takes and far below what 10^12 comparisons would.
TEST(JsonRejectionTest, AMillionFieldsTakeLinearTime) {
  BsonBuilder many;
  for (int i = 0; i < 1'000'000; ++i)
    many.null("f" + std::to_string(i));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(json_of(many, JsonForm::plain).size(),
            std::string("{}").size() + 999'999 + 1'000'000 * 8 + 5'888'890);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_EQ(json_of(many.null("f499999"), JsonForm::plain), "duplicate_key");
}

TEST(JsonRejectionTest, NamesThatAreNotUtf8) {
  EXPECT_EQ(json_of(BsonBuilder().null("a\xff"), JsonForm::plain), "invalid_name");
  EXPECT_EQ(
      json_of(BsonBuilder().document("d", BsonBuilder().null("\xc0\x80")), JsonForm::extended),
      "invalid_name");
}

BsonBuilder nested_levels(std::size_t levels) {
  BsonBuilder document;
  for (std::size_t i = 1; i < levels; ++i)
    document = BsonBuilder().document("n", document);
  return document;
}

TEST(JsonRejectionTest, DepthUpToTheLimit) {
  const std::string text = json_of(nested_levels(kDepthMax), JsonForm::plain);
  EXPECT_EQ(text.size(), (kDepthMax - 1) * std::string(R"({"n":})").size() + 2);
  EXPECT_EQ(json_of(nested_levels(kDepthMax + 1), JsonForm::plain), "too_deep");
}

TEST(JsonRejectionTest, MalformedBson) {
  std::string out;
  EXPECT_EQ(append_json({}, JsonForm::plain, JsonTarget::postgresql, out), Rejection::malformed);
  EXPECT_EQ(json_of(BsonBuilder().raw(0x02, "v", little_endian(9, 4)), JsonForm::plain),
            "malformed");
  EXPECT_EQ(json_of(BsonBuilder().raw(0x03, "v", little_endian(6, 4) + "\x07\0"s), JsonForm::plain),
            "malformed");
}

TEST(JsonWriterAppendTest, TextThatIsThereStays) {
  std::string out = "before";
  EXPECT_EQ(
      append_json(BsonBuilder().null("$a").bytes(), JsonForm::plain, JsonTarget::postgresql, out),
      Rejection::none);
  EXPECT_EQ(out, R"(before{"$literal":{"$a":null}})");
}

TEST(DeadLetterDocumentTest, ToleratesWhatRowsCannotHold) {
  EXPECT_EQ(format_dead_letter_document(BsonBuilder().int32("a", 1).int32("a", 2).bytes()),
            R"({"a":{"$numberInt":"1"},"a":{"$numberInt":"2"}})");
  EXPECT_EQ(
      format_dead_letter_document(
          BsonBuilder()
              .null("a")
              .document("b", BsonBuilder().null("$c").null("d\xff").string("e", "\0"s))
              .bytes()),
      R"({"a":null,"b":{"$base64Names":{"JGM=":null,"ZP8=":null,"ZQ==":{"$string":{"base64":"AA=="}}}}})");
  EXPECT_EQ(format_dead_letter_document(Bytes{1, 2, 3}), R"({"$bson":{"base64":"AQID"}})");
  const std::string deep = format_dead_letter_document(nested_levels(kDepthMax + 1).bytes());
  EXPECT_EQ(deep.substr(0, 20), R"({"$bson":{"base64":")");
}

}  // namespace
}  // namespace relay
