#include "decode/bson_reader.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

using namespace std::string_literals;

// Walks the whole document; true when it ends where it should.
bool is_well_formed(const Bytes& bytes) {
  BsonReader reader{};
  if (!reader.open(bytes)) return false;
  BsonElement element;
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step != BsonReader::Step::element) return step == BsonReader::Step::end;
  }
}

BsonElement first_element(const Bytes& bytes) {
  BsonReader reader{};
  BsonElement element{};
  EXPECT_TRUE(reader.open(bytes));
  EXPECT_EQ(reader.next(element), BsonReader::Step::element);
  return element;
}

TEST(BsonReaderTest, NamesOfEveryLengthAreFound) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string name(size, 'n');
    const Bytes bytes = BsonBuilder().null(name).bytes();
    const BsonElement element = first_element(bytes);
    EXPECT_EQ(element.name(), name);
    EXPECT_TRUE(element.is_name_plain) << size;
    EXPECT_EQ(element.type, BsonType::null);
  }
}

TEST(BsonReaderTest, ACharacterThatJsonEscapesMakesANameNotPlainWhereverItStands) {
  for (const char special : {'"', '\\', '\n', '\x1f', '\x01', '\x80', '\xff'}) {
    for (std::size_t place = 0; place < 17; ++place) {
      std::string name(17, 'n');
      name[place] = special;
      const Bytes bytes = BsonBuilder().null(name).bytes();
      EXPECT_FALSE(first_element(bytes).is_name_plain) << place;
    }
  }
  const Bytes bytes = BsonBuilder().null("a b.c$d/'\x7f").bytes();
  EXPECT_TRUE(first_element(bytes).is_name_plain);
}

TEST(BsonReaderTest, NamesThatDifferHaveDifferentHashes) {
  const Bytes a = BsonBuilder().null("a").bytes();
  const Bytes b = BsonBuilder().null("b").bytes();
  const Bytes longer = BsonBuilder().null("aaaaaaaaa").bytes();
  const Bytes other = BsonBuilder().null("aaaaaaaab").bytes();
  EXPECT_NE(first_element(a).name_hash, first_element(b).name_hash);
  EXPECT_NE(first_element(longer).name_hash, first_element(other).name_hash);
  EXPECT_EQ(first_element(longer).name_hash, first_element(Bytes(longer)).name_hash);
}

struct ValueCase {
  std::string name;
  std::uint8_t type;
  std::string value;
};

class BsonValueTest : public testing::TestWithParam<ValueCase> {};

// A value may be cut at any byte by the end of the document: that is malformed, never a read
// beyond.
TEST_P(BsonValueTest, IsReadWholeOrNotAtAll) {
  const auto& [name, type, value] = GetParam();
  const Bytes whole = BsonBuilder().raw(type, "v", value).bytes();
  EXPECT_TRUE(is_well_formed(whole));
  EXPECT_EQ(first_element(whole).value_size, value.size());
  for (std::size_t size = 0; size < value.size(); ++size) {
    // Ends in a byte that is not zero, so that no shorter value passes for a whole one.
    const Bytes cut = BsonBuilder().raw(type, "v", value.substr(0, size)).bytes();
    EXPECT_FALSE(is_well_formed(cut)) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    BsonReader,
    BsonValueTest,
    testing::Values(
        ValueCase{"Double", 0x01, "12345678"},
        ValueCase{"String", 0x02, string_value("text")},
        ValueCase{"EmptyString", 0x02, string_value("")},
        ValueCase{"Document", 0x03, as_text(BsonBuilder().int32("a", 7).bytes())},
        ValueCase{"Array", 0x04, as_text(BsonBuilder().int32("0", 7).bytes())},
        ValueCase{"Binary", 0x05, little_endian(3, 4) + "\x80" + "abc"},
        ValueCase{"BinaryOld", 0x05, little_endian(7, 4) + "\x02" + little_endian(3, 4) + "abc"},
        ValueCase{"ObjectId", 0x07, "123456789012"},
        ValueCase{"Boolean", 0x08, "\1"},
        ValueCase{"Date", 0x09, "12345678"},
        ValueCase{"Regex", 0x0B, "a.*b\0im\0"s},
        ValueCase{"DbPointer", 0x0C, string_value("db.c") + "123456789012"},
        ValueCase{"Code", 0x0D, string_value("code")},
        ValueCase{"Symbol", 0x0E, string_value("symbol")},
        ValueCase{"CodeWithScope",
                  0x0F,
                  little_endian(4 + 6 + 12, 4) + string_value("x") +
                      as_text(BsonBuilder().int32("a", 7).bytes())},
        ValueCase{"Int32", 0x10, "1234"},
        ValueCase{"Timestamp", 0x11, "12345678"},
        ValueCase{"Int64", 0x12, "12345678"},
        ValueCase{"Decimal128", 0x13, "1234567890123456"}),
    [](const auto& test) { return test.param.name; });

struct MalformedCase {
  std::string name;
  Bytes bytes;
};

class MalformedBsonTest : public testing::TestWithParam<MalformedCase> {};

TEST_P(MalformedBsonTest, IsReported) {
  EXPECT_FALSE(is_well_formed(GetParam().bytes));
}

Bytes with_byte(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

// Layout of {"a": ...}: size 0..3, type 4, name 5, terminator 6, value from 7.
INSTANTIATE_TEST_SUITE_P(
    BsonReader,
    MalformedBsonTest,
    testing::Values(
        MalformedCase{"NoBytes", {}},
        MalformedCase{"FourBytes", {4, 0, 0, 0}},
        MalformedCase{"SizeTooSmall", with_byte(BsonBuilder().null("a").bytes(), 0, 7)},
        MalformedCase{"SizeTooLarge", with_byte(BsonBuilder().null("a").bytes(), 0, 9)},
        MalformedCase{"NoTerminator", with_byte(BsonBuilder().null("a").bytes(), 7, 1)},
        MalformedCase{"NameWithoutTerminator", {6, 0, 0, 0, 0x0A, 0}},
        MalformedCase{"ZeroInTheMiddle", {6, 0, 0, 0, 0, 0}},
        MalformedCase{"UnknownType", BsonBuilder().raw(0x14, "a", "").bytes()},
        MalformedCase{"StringOfLengthZero",
                      BsonBuilder().raw(0x02, "a", little_endian(0, 4)).bytes()},
        MalformedCase{"StringOfNegativeLength",
                      BsonBuilder().raw(0x02, "a", little_endian(0xFFFFFFFF, 4) + "x"s).bytes()},
        MalformedCase{"StringWithoutTerminator",
                      BsonBuilder().raw(0x02, "a", little_endian(2, 4) + "xy").bytes()},
        MalformedCase{"DocumentBelowFiveBytes",
                      BsonBuilder().raw(0x03, "a", little_endian(4, 4)).bytes()},
        MalformedCase{"BooleanTwo", BsonBuilder().raw(0x08, "a", "\2").bytes()},
        MalformedCase{"BinaryOldWithWrongInnerLength",
                      BsonBuilder().binary("a", 0x02, little_endian(4, 4) + "abc").bytes()},
        MalformedCase{"BinaryOldWithoutInnerLength",
                      BsonBuilder().binary("a", 0x02, "abc").bytes()},
        MalformedCase{"ScopeOfWrongTotal",
                      BsonBuilder()
                          .raw(0x0F,
                               "a",
                               little_endian(4 + 6 + 5 + 1, 4) + string_value("x") +
                                   as_text(BsonBuilder().bytes()) + "\0"s)
                          .bytes()}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace relay
