#include "apply/cell_text.h"

#include <bit>

#include <gtest/gtest.h>

#include "plan/sql_text.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::string big_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = size; i-- > 0;)
    bytes.push_back(static_cast<char>(value >> (8U * i)));
  return bytes;
}

std::string double_cell(double value) {
  return big_endian(std::bit_cast<std::uint64_t>(value), 8);
}

using Texts = std::vector<std::string>;

// What the keys are that decode makes of the same _id: docs/values.md, "Keys".
TEST(CellTextTest, AKeyCellIsTheKeyTextOfItsId) {
  EXPECT_EQ(key_texts({}, "507f1f77bcf86cd799439011"), Texts{"507f1f77bcf86cd799439011"});
  EXPECT_EQ(key_texts({.name = TypeName::boolean}, "\1"), Texts{"true"});
  EXPECT_EQ(key_texts({.name = TypeName::boolean}, "\0"s), Texts{"false"});
  EXPECT_EQ(key_texts({.name = TypeName::integer}, big_endian(0xFFFFFFF9U, 4)), Texts{"-7"});
  EXPECT_EQ(key_texts({.name = TypeName::bigint}, big_endian(1ULL << 63U, 8)),
            Texts{"-9223372036854775808"});
  EXPECT_EQ(key_texts({.name = TypeName::timestamp}, big_endian(0, 8)),
            Texts{R"({"$date":{"$numberLong":"946684800000"}})"});
  EXPECT_EQ(key_texts({.name = TypeName::timestamp},
                      big_endian(static_cast<std::uint64_t>(-946'684'800'000'000 - 1'000), 8)),
            Texts{R"({"$date":{"$numberLong":"-1"}})"});
  EXPECT_EQ(
      key_texts({.name = TypeName::uuid}, "\0\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\xff"s),
      Texts{R"({"$uuid":"00010203-0405-0607-0809-0a0b0c0d0eff"})"});
  EXPECT_EQ(key_texts({.name = TypeName::bytea}, "abc"),
            Texts{R"({"$binary":{"base64":"YWJj","subType":"00"}})"});
  EXPECT_EQ(key_texts({.name = TypeName::bytea}, "\xff"),
            Texts{R"({"$binary":{"base64":"/w==","subType":"00"}})"});
  EXPECT_EQ(key_texts({.name = TypeName::bytea}, "\xff\xfe"),
            Texts{R"({"$binary":{"base64":"//4=","subType":"00"}})"});
}

TEST(CellTextTest, DoublesAreKeysAsTheirKeyTextHasThem) {
  const ColumnType type{.name = TypeName::double_precision};
  EXPECT_EQ(key_texts(type, double_cell(1.0)), Texts{"1"});
  EXPECT_EQ(key_texts(type, double_cell(-0.0)), Texts{"0"});
  EXPECT_EQ(key_texts(type, double_cell(1.5)), Texts{"1.5"});
  EXPECT_EQ(key_texts(type, double_cell(1e-7)), Texts{"1e-07"});
  EXPECT_EQ(key_texts(type, double_cell(9223372036854775808.0)), Texts{"9223372036854775808"});
  EXPECT_EQ(key_texts(type, double_cell(-9223372036854775808.0)), Texts{"-9223372036854775808"});
  EXPECT_EQ(key_texts(type, double_cell(std::numeric_limits<double>::quiet_NaN())),
            Texts{R"({"$numberDouble":"NaN"})"});
  EXPECT_EQ(key_texts(type, double_cell(-std::numeric_limits<double>::infinity())),
            Texts{R"({"$numberDouble":"-Infinity"})"});
}

TEST(CellTextTest, AFractionInANumericMayHaveBeenADoubleOrADecimal) {
  const ColumnType type{.name = TypeName::numeric};
  EXPECT_EQ(key_texts(type, "\0\1\0\0\0\0\0\0\0\7"s), Texts{"7"});
  EXPECT_EQ(key_texts(type, "\0\1\xff\xff\0\0\0\0\x03\xe8"s),
            (Texts{"0.1", R"({"$numberDecimal":"0.1"})"}));
  EXPECT_EQ(key_texts(type, "\0\0\0\0\xc0\0\0\0"s), Texts{R"({"$numberDouble":"NaN"})"});
}

TEST(CellTextTest, ARowIsAJsonObjectOfItsColumns) {
  TableMapping mapping;
  mapping.columns = {
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::bigint}, .is_key = true},
      {.name = "na\"me", .path = {"name"}},
      {.name = "total", .path = {"total"}, .type = {.name = TypeName::numeric}},
      {.name = "tags", .path = {"tags"}, .type = {.is_array = true}},
      {.name = "at", .path = {"at"}, .type = {.name = TypeName::timestamp}}};
  mapping.on_delete = OnDelete::mark;
  RowBlock block(upsert_element_oids(mapping), {});
  block.begin_row();
  block.add_cell(big_endian(5, 8));
  block.add_cell("line\n\"quoted\" \\ \xE2\x82\xAC");
  block.add_cell("\0\2\0\0\0\0\0\2\0\1\x13\x88"s);
  block.add_cell("{a,NULL}");
  block.add_null();
  block.add_cell(R"({"more":[1]})");
  block.add_null();
  block.end_row();
  block.seal();
  const RowChunk& chunk = block.chunks().front();
  EXPECT_EQ(
      row_as_json(mapping, {chunk.columns.begin(), chunk.columns.end()}, 0),
      "{\"id\":5,\"na\\\"me\":\"line\\u000a\\\"quoted\\\" \\\\ \xE2\x82\xAC\","
      "\"total\":{\"$numberDecimal\":\"1.5\"},\"tags\":\"{a,NULL}\",\"data\":{\"more\":[1]}}");
}

TEST(CellTextTest, ARowWithoutColumnsIsItsDocument) {
  for (const OnDelete on_delete : {OnDelete::remove, OnDelete::mark}) {
    const TableMapping mapping{.on_delete = on_delete};
    RowBlock block(upsert_element_oids(mapping), {});
    block.begin_row();
    block.add_cell("k");
    block.add_cell(R"({"_id":"k"})");
    if (on_delete == OnDelete::mark) block.add_null();
    block.end_row();
    block.seal();
    const RowChunk& chunk = block.chunks().front();
    EXPECT_EQ(row_as_json(mapping, {chunk.columns.begin(), chunk.columns.end()}, 0),
              R"({"_id":"k"})");
  }
}

}  // namespace
}  // namespace relay
