// Every line of the key table of docs/values.md: valid, limit, one past the limit.
#include "decode/key_text.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::string key_of(const BsonBuilder& document) {
  std::string out = "before|";
  if (!append_key_text(document.bytes(), out)) {
    EXPECT_EQ(out, "before|") << "a failure leaves nothing behind";
    return "(none)";
  }
  return out.substr(7);
}

const std::string kOid = "\x50\x7f\x1f\x77\xbc\xf8\x6c\xd7\x99\x43\x90\x11";
const std::string kUuid = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"s;

struct KeyCase {
  std::string name;
  BsonBuilder document;
  std::string text;
};

class KeyTextTest : public testing::TestWithParam<KeyCase> {};

TEST_P(KeyTextTest, IsAsTheTableSays) {
  EXPECT_EQ(key_of(GetParam().document), GetParam().text);
}

const auto case_name = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(ObjectId,
                         KeyTextTest,
                         testing::Values(KeyCase{"Hex",
                                                 BsonBuilder().object_id("_id", kOid),
                                                 "507f1f77bcf86cd799439011"}),
                         case_name);

BsonBuilder text_id(std::string_view text) {
  return BsonBuilder().string("_id", text);
}

INSTANTIATE_TEST_SUITE_P(
    String,
    KeyTextTest,
    testing::Values(
        KeyCase{"Itself", text_id("order-7"), "order-7"},
        KeyCase{"Empty", text_id(""), ""},
        KeyCase{"Blank", text_id(" 1"), " 1"},
        KeyCase{"ControlsAndQuotesInside", text_id("a\"b\\\n\x01"), "a\"b\\\n\x01"},
        KeyCase{"Utf8", text_id("\xc3\xa4\xf0\x9f\x98\x80"), "\xc3\xa4\xf0\x9f\x98\x80"},
        KeyCase{
            "HexOfAnObjectId", text_id("507f1f77bcf86cd799439011"), "\"507f1f77bcf86cd799439011\""},
        KeyCase{"HexUpperCase", text_id("507F1F77BCF86CD799439011"), "507F1F77BCF86CD799439011"},
        KeyCase{"Hex23", text_id("507f1f77bcf86cd79943901"), "507f1f77bcf86cd79943901"},
        KeyCase{"Hex25", text_id("507f1f77bcf86cd7994390111"), "507f1f77bcf86cd7994390111"},
        KeyCase{"Integer", text_id("1"), "\"1\""},
        KeyCase{"NegativeZero", text_id("-0"), "\"-0\""},
        KeyCase{"Fraction", text_id("1.50"), "\"1.50\""},
        KeyCase{"Exponent", text_id("1e+30"), "\"1e+30\""},
        KeyCase{"ExponentUpperCase", text_id("12E9"), "\"12E9\""},
        KeyCase{"LeadingZero", text_id("01"), "01"},
        KeyCase{"Plus", text_id("+1"), "+1"},
        KeyCase{"MinusAlone", text_id("-"), "-"},
        KeyCase{"PointWithoutDigits", text_id("1."), "1."},
        KeyCase{"PointFirst", text_id(".5"), ".5"},
        KeyCase{"ExponentWithoutDigits", text_id("1e+"), "1e+"},
        KeyCase{"NumberAndMore", text_id("1 "), "1 "},
        KeyCase{"True", text_id("true"), "\"true\""},
        KeyCase{"False", text_id("false"), "\"false\""},
        KeyCase{"Null", text_id("null"), "\"null\""},
        KeyCase{"TrueCapital", text_id("True"), "True"},
        KeyCase{"NaN", text_id("NaN"), "NaN"},
        KeyCase{"Brace", text_id("{x"), "\"{x\""},
        KeyCase{"Bracket", text_id("[x"), "\"[x\""},
        KeyCase{"Quote", text_id("\"x\""), "\"\\\"x\\\"\""},
        KeyCase{"BraceLater", text_id("x{"), "x{"},
        KeyCase{"Nul", text_id("a\0b"s), "\"a\\u0000b\""},
        KeyCase{"InvalidUtf8", text_id("a\xff"), R"({"$string":{"base64":"Yf8="}})"},
        KeyCase{"InvalidUtf8AndNul", text_id("\0\xff"s), R"({"$string":{"base64":"AP8="}})"},
        KeyCase{"OverlongNul", text_id("\xc0\x80"), R"({"$string":{"base64":"wIA="}})"},
        KeyCase{"AmbiguousInvalid", text_id("{\xff"), R"({"$string":{"base64":"e/8="}})"},
        KeyCase{"Symbol", BsonBuilder().raw(0x0E, "_id", string_value("sym")), "sym"},
        KeyCase{"SymbolAmbiguous", BsonBuilder().raw(0x0E, "_id", string_value("1")), "\"1\""}),
    case_name);

BsonBuilder real_id(double value) {
  return BsonBuilder().real("_id", value);
}
BsonBuilder decimal_id(const char* text) {
  return BsonBuilder().decimal("_id", text);
}

INSTANTIATE_TEST_SUITE_P(
    Number,
    KeyTextTest,
    testing::Values(
        KeyCase{"Int32", BsonBuilder().int32("_id", -7), "-7"},
        KeyCase{"Int32Min", BsonBuilder().int32("_id", -2'147'483'647 - 1), "-2147483648"},
        KeyCase{"Int64Max",
                BsonBuilder().int64("_id", std::numeric_limits<std::int64_t>::max()),
                "9223372036854775807"},
        KeyCase{"Int64Min",
                BsonBuilder().int64("_id", std::numeric_limits<std::int64_t>::min()),
                "-9223372036854775808"},
        KeyCase{"DoubleIntegral", real_id(1e6), "1000000"},
        KeyCase{"DoubleLargestBelow2To63", real_id(9223372036854774784.0), "9223372036854774784"},
        KeyCase{"Double2To63", real_id(9223372036854775808.0), "9223372036854775808"},
        KeyCase{"DoubleMinus2To63", real_id(-9223372036854775808.0), "-9223372036854775808"},
        KeyCase{"DoubleBelowMinus2To63", real_id(-9223372036854777856.0), "-9223372036854777856"},
        KeyCase{"DoubleNegativeZero", real_id(-0.0), "0"},
        KeyCase{"DoubleFraction", real_id(1.5), "1.5"},
        KeyCase{"DoubleSmall", real_id(1e-7), "1e-07"},
        KeyCase{"DoubleLarge", real_id(1e30), "1e+30"},
        KeyCase{"DoubleTenth", real_id(0.1), "0.1"},
        KeyCase{"DecimalIntegral", decimal_id("1.00"), "1"},
        KeyCase{"DecimalZero", decimal_id("0E+3"), "0"},
        KeyCase{"DecimalNegativeZero", decimal_id("-0.0"), "0"},
        KeyCase{"DecimalExponent", decimal_id("1E+3"), "1000"},
        KeyCase{"DecimalInt64Max", decimal_id("9223372036854775807"), "9223372036854775807"},
        KeyCase{"Decimal2To63", decimal_id("9223372036854775808"), "9223372036854775808"},
        KeyCase{"DecimalAboveInt64",
                decimal_id("9223372036854775809"),
                R"({"$numberDecimal":"9223372036854775809"})"},
        KeyCase{"DecimalHalf", decimal_id("1.50"), "1.5"},
        KeyCase{"DecimalTenTo22", decimal_id("1E+22"), "1e+22"},
        KeyCase{"DecimalTenth", decimal_id("0.100"), R"({"$numberDecimal":"0.1"})"},
        KeyCase{"DecimalTenTo30", decimal_id("10E+29"), R"({"$numberDecimal":"1E+30"})"},
        KeyCase{"DecimalMax",
                decimal_id("9.999999999999999999999999999999999E+6144"),
                R"({"$numberDecimal":"9.999999999999999999999999999999999E+6144"})"},
        KeyCase{"DoubleNaN", real_id(std::nan("")), R"({"$numberDouble":"NaN"})"},
        KeyCase{"DoubleInfinity", real_id(HUGE_VAL), R"({"$numberDouble":"Infinity"})"},
        KeyCase{"DecimalNaN", decimal_id("NaN"), R"({"$numberDouble":"NaN"})"},
        KeyCase{"DecimalInfinity", decimal_id("Infinity"), R"({"$numberDouble":"Infinity"})"},
        KeyCase{
            "DecimalMinusInfinity", decimal_id("-Infinity"), R"({"$numberDouble":"-Infinity"})"}),
    case_name);

BsonBuilder nested_id(const BsonBuilder& document) {
  return BsonBuilder().document("_id", document);
}

INSTANTIATE_TEST_SUITE_P(
    Others,
    KeyTextTest,
    testing::Values(
        KeyCase{"Uuid",
                BsonBuilder().binary("_id", 4, kUuid),
                R"({"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"})"},
        KeyCase{"UuidTooShort",
                BsonBuilder().binary("_id", 4, "abc"),
                R"({"$binary":{"base64":"YWJj","subType":"04"}})"},
        KeyCase{"UuidOfSubtype3",
                BsonBuilder().binary("_id", 3, kUuid),
                R"({"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"03"}})"},
        KeyCase{"Binary",
                BsonBuilder().binary("_id", 0x80, "\xff"),
                R"({"$binary":{"base64":"/w==","subType":"80"}})"},
        KeyCase{"BinaryOld",
                BsonBuilder().binary("_id", 2, little_endian(3, 4) + "abc"),
                R"({"$binary":{"base64":"YWJj","subType":"02"}})"},
        KeyCase{"True", BsonBuilder().boolean("_id", true), "true"},
        KeyCase{"False", BsonBuilder().boolean("_id", false), "false"},
        KeyCase{"Null", BsonBuilder().null("_id"), "null"},
        KeyCase{"Date",
                BsonBuilder().date("_id", 1'767'225'600'123),
                R"({"$date":{"$numberLong":"1767225600123"}})"},
        KeyCase{"Timestamp",
                BsonBuilder().timestamp("_id", 4'294'967'295, 7),
                R"({"$timestamp":{"t":4294967295,"i":7}})"},
        KeyCase{"MinKey", BsonBuilder().raw(0xFF, "_id", ""), R"({"$minKey":1})"},
        KeyCase{"MaxKey", BsonBuilder().raw(0x7F, "_id", ""), R"({"$maxKey":1})"},
        KeyCase{"Undefined", BsonBuilder().raw(0x06, "_id", ""), R"({"$undefined":true})"},
        KeyCase{"Code", BsonBuilder().raw(0x0D, "_id", string_value("x")), R"({"$code":"x"})"},
        KeyCase{"Regex",
                BsonBuilder().raw(0x0B, "_id", "a\0mi\0"s),
                R"({"$regularExpression":{"pattern":"a","options":"mi"}})"},
        KeyCase{"DbPointer",
                BsonBuilder().raw(0x0C, "_id", string_value("d.c") + kOid),
                R"({"$dbPointer":{"$ref":"d.c","$id":{"$oid":"507f1f77bcf86cd799439011"}}})"},
        KeyCase{"CodeWithScope",
                BsonBuilder().raw(0x0F,
                                  "_id",
                                  little_endian(4 + 6 + 16, 4) + string_value("x") +
                                      as_text(BsonBuilder().real("a", 1).bytes())),
                R"({"$code":"x","$scope":{"a":1}})"},
        KeyCase{"EmptyDocument", nested_id(BsonBuilder()), "{}"},
        KeyCase{"KeysInOrder",
                nested_id(BsonBuilder().int32("b", 1).int32("a", 2)),
                R"({"b":1,"a":2})"},
        KeyCase{"NumbersInside",
                nested_id(BsonBuilder()
                              .real("a", 1)
                              .int64("b", 1)
                              .decimal("c", "1.0")
                              .real("d", -0.0)
                              .decimal("e", "2.50")),
                R"({"a":1,"b":1,"c":1,"d":0,"e":2.5})"},
        KeyCase{"OddNumbersInside",
                nested_id(BsonBuilder().decimal("a", "0.10").real("b", std::nan(""))),
                R"({"a":{"$numberDecimal":"0.1"},"b":{"$numberDouble":"NaN"}})"},
        KeyCase{"StringsInside",
                nested_id(BsonBuilder()
                              .string("a", "x")
                              .string("b", "1")
                              .raw(0x0E, "c", string_value("s"))
                              .string("d", "\0"s)),
                R"({"a":"x","b":"1","c":"s","d":"\u0000"})"},
        KeyCase{"InvalidStringInside",
                nested_id(BsonBuilder().string("a", "\xff")),
                R"({"a":{"$string":{"base64":"/w=="}}})"},
        KeyCase{
            "OthersInside",
            nested_id(
                BsonBuilder().object_id("a", kOid).binary("b", 4, kUuid).null("c").date("d", -1)),
            R"({"a":{"$oid":"507f1f77bcf86cd799439011"},"b":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}},)"
            R"("c":null,"d":{"$date":{"$numberLong":"-1"}}})"},
        KeyCase{"ArrayInsideByPosition",
                nested_id(BsonBuilder().array("a", BsonBuilder().real("7", 1).string("7", "x"))),
                R"({"a":[1,"x"]})"},
        KeyCase{"WrapperLookAlike",
                nested_id(BsonBuilder().document("a", BsonBuilder().string("$oid", "x"))),
                R"({"a":{"$literal":{"$oid":"x"}}})"},
        KeyCase{"DbRefInside",
                nested_id(BsonBuilder().string("$ref", "c").int32("$id", 1)),
                R"({"$ref":"c","$id":1})"},
        KeyCase{"InvalidNameInside",
                nested_id(BsonBuilder().int32("a", 1).int32("\xff", 2)),
                R"({"$base64Names":{"YQ==":1,"/w==":2}})"}),
    case_name);

TEST(KeyTextTest, TheIdNeedNotComeFirst) {
  EXPECT_EQ(key_of(BsonBuilder().string("region", "eu").int32("_id", 3)), "3");
}

TEST(KeyTextTest, OnlyTheOutermostIdCounts) {
  EXPECT_EQ(key_of(BsonBuilder().document("a", BsonBuilder().int32("_id", 1)).int32("_id", 2)),
            "2");
}

TEST(KeyTextTest, NoIdIsNoKey) {
  EXPECT_EQ(key_of(BsonBuilder().int32("id", 1)), "(none)");
  EXPECT_EQ(key_of(BsonBuilder()), "(none)");
}

TEST(KeyTextTest, MalformedBsonIsNoKey) {
  EXPECT_EQ(key_of(BsonBuilder().raw(0x02, "_id", little_endian(9, 4))), "(none)");
  EXPECT_EQ(key_of(BsonBuilder().raw(0x03, "_id", little_endian(6, 4) + "\x07\0"s)), "(none)");
  std::string out;
  EXPECT_FALSE(append_key_text({}, out));
}

}  // namespace
}  // namespace relay
