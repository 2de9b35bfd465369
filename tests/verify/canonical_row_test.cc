#include "verify/canonical_row.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/row_encoder.h"

namespace relay {
namespace {

using namespace std::string_literals;

std::vector<std::string> rows_of(const TableMapping& mapping, const std::vector<Bytes>& documents) {
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  for (std::size_t i = 0; i < documents.size(); ++i)
    EXPECT_TRUE(encoder.add_upsert(std::to_string(i), documents[i], block).is_added());
  block.seal();
  return CanonicalRow(mapping, TargetKind::postgresql).rows_of(block.chunks().front());
}

std::string canonical(const TableMapping& mapping, const std::vector<CellView>& cells) {
  std::string row;
  CanonicalRow(mapping, TargetKind::postgresql).append(cells, row);
  return row;
}

std::vector<std::string> names_of(const TableMapping& mapping) {
  std::vector<std::string> names;
  for (const ShapeColumn& column : compared_columns(mapping, TargetKind::postgresql))
    names.push_back(column.name);
  return names;
}

TableMapping orders() {
  return {
      .columns = {
          {.name = "total", .path = {"total"}, .type = parse_column_type("numeric(18,2)").value()},
          {.name = "id", .path = {"_id"}, .type = {.name = TypeName::bigint}, .is_key = true}}};
}

TEST(CanonicalRowTest, EqualsTheRowThatIsReadBack) {
  const std::vector<std::string> rows =
      rows_of({},
              {BsonBuilder().int32("_id", 0).real("bb", 2.0).int32("a", 1).bytes(),
               BsonBuilder().int32("_id", 1).bytes()});
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], canonical({}, {"0", R"({"a": 1, "bb": 2.0, "_id": 0})"}));
  EXPECT_EQ(rows[1], canonical({}, {"1", R"({"_id": 1})"}));
  EXPECT_NE(rows[1], canonical({}, {"2", R"({"_id": 1})"})) << "the key is part of it";
}

TEST(CanonicalRowTest, EveryColumnCounts) {
  const std::string id = std::string(7, '\0') + "\7";
  // 1.50 as numeric(18,2): digits 1 and 5000, the first counts 10000^0.
  const std::string total = "\0\2\0\0\0\0\0\2\0\1\x13\x88"s;
  const std::vector<std::string> rows =
      rows_of(orders(),
              {BsonBuilder().int32("_id", 7).decimal("total", "1.5").null("x").bytes(),
               BsonBuilder().int32("_id", 7).bytes()});
  EXPECT_EQ(rows[0], canonical(orders(), {id, total, R"({"x": null})"}));
  EXPECT_NE(rows[0], canonical(orders(), {id, total, "{}"}));
  EXPECT_NE(rows[0], canonical(orders(), {id, std::nullopt, R"({"x": null})"}));
  EXPECT_EQ(rows[1], canonical(orders(), {id, std::nullopt, "{}"}));
}

TEST(CanonicalRowTest, DeletedAtIsNoPartOfIt) {
  TableMapping marked = orders();
  marked.on_delete = OnDelete::mark;
  const Bytes document = BsonBuilder().int32("_id", 7).bytes();
  EXPECT_EQ(shape_of(marked).back().name, "deleted_at");
  EXPECT_EQ(names_of(marked), names_of(orders()));
  EXPECT_EQ(rows_of(marked, {document}), rows_of(orders(), {document}));
}

TEST(CanonicalRowTest, ComparesTheColumnsOfEveryShape) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of({}), (Names{"oid", "data"}));
  EXPECT_EQ(names_of(orders()), (Names{"id", "total", "data"}));
  TableMapping allowed = orders();
  allowed.rest = "";
  EXPECT_EQ(names_of(allowed), (Names{"id", "total"}));
}

// A value that moves from one column to the next gives another row, whatever it is.
TEST(CanonicalRowTest, CellsCannotRunIntoEachOther) {
  TableMapping texts{.columns = {{.name = "id", .path = {"_id"}, .is_key = true},
                                 {.name = "a", .path = {"a"}},
                                 {.name = "b", .path = {"b"}}},
                     .rest = ""};
  EXPECT_NE(canonical(texts, {"k", "ab", ""}), canonical(texts, {"k", "a", "b"}));
  EXPECT_NE(canonical(texts, {"k", std::nullopt, "a"}), canonical(texts, {"k", "a", std::nullopt}));
  EXPECT_NE(canonical(texts, {"k", "\0"s, std::nullopt}),
            canonical(texts, {"k", std::nullopt, "\0"s}));
}

}  // namespace
}  // namespace relay
