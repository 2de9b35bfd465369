// Fields that get a column of their own: evolve = "add".
#include "decode/new_columns.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/row_encoder.h"
#include "mapping/column_name.h"

namespace relay {
namespace {

TableMapping evolving() {
  TableMapping mapping;
  mapping.columns = {
      {.name = "id", .path = {"_id"}, .type = {.name = TypeName::text}, .is_key = true},
      {.name = "city", .path = {"address", "city"}, .type = {.name = TypeName::text}}};
  mapping.evolve = Evolve::add;
  return mapping;
}

struct Seen {
  RowOutcome outcome;
  std::size_t row_count = 0;
  std::vector<ColumnMapping> columns;
};

Seen see(const TableMapping& mapping,
         const BsonBuilder& document,
         JsonTarget target = JsonTarget::postgresql) {
  RowEncoder encoder(mapping, target);
  RowBlock block = encoder.make_upserts();
  Seen seen;
  seen.outcome = encoder.add_upsert("1", document.bytes(), block);
  seen.row_count = block.row_count();
  seen.columns = encoder.take_new_columns();
  EXPECT_TRUE(encoder.take_new_columns().empty());
  return seen;
}

BsonBuilder with_id() {
  return BsonBuilder().int32("_id", 1);
}

TEST(NewColumnsTest, AFieldWithoutAColumnIsTypedByItsValue) {
  const BsonBuilder document = with_id()
                                   .string("s", "x")
                                   .object_id("o", "123456789012")
                                   .boolean("b", true)
                                   .int32("i", 1)
                                   .int64("l", 1)
                                   .real("d", 1)
                                   .date("t", 0)
                                   .document("doc", BsonBuilder())
                                   .array("arr", BsonBuilder())
                                   .decimal("dec", "1")
                                   .null("n");
  const Seen seen = see(evolving(), document);
  EXPECT_TRUE(seen.outcome.needs_column);
  EXPECT_EQ(seen.outcome.rejection, Rejection::none);
  EXPECT_FALSE(seen.outcome.is_added());
  EXPECT_EQ(seen.row_count, 0U);
  std::string text;
  for (const ColumnMapping& column : seen.columns) {
    EXPECT_EQ(column.path, FieldPath{column.name});
    text += column.name + " " + format_column_type(column.type) + ", ";
  }
  EXPECT_EQ(text,
            "s text, o text, b boolean, i bigint, l bigint, d double precision, "
            "t timestamp with time zone, doc json, arr json, dec json, ");
}

TEST(NewColumnsTest, ObjectColumnsOfCratedbAreForDocumentsOnly) {
  const Seen seen = see(evolving(),
                        with_id().document("doc", BsonBuilder()).array("arr", BsonBuilder()),
                        JsonTarget::cratedb);
  ASSERT_EQ(seen.columns.size(), 1U);
  EXPECT_EQ(seen.columns[0].name, "doc");
}

TEST(NewColumnsTest, KnownFieldsAndNullsNeedNone) {
  TableMapping mapping = evolving();
  mapping.exclude = {{"secret"}};
  const Seen seen = see(
      mapping,
      with_id().null("n").int32("secret", 1).document("address", BsonBuilder().int32("zip", 1)));
  EXPECT_TRUE(seen.outcome.is_added());
  EXPECT_TRUE(seen.columns.empty());
  mapping.evolve = Evolve::off;
  EXPECT_TRUE(see(mapping, with_id().int32("a", 1)).outcome.is_added());
}

TEST(NewColumnsTest, TheNextMappingTakesTheDocument) {
  TableMapping mapping = evolving();
  const BsonBuilder document = with_id().int32("a", 1);
  for (ColumnMapping& column : see(mapping, document).columns)
    mapping.columns.push_back(std::move(column));
  EXPECT_TRUE(see(mapping, document).outcome.is_added());
  EXPECT_TRUE(see(mapping, with_id().string("a", "a misfit goes to rest")).outcome.is_added());
}

TEST(NewColumnsTest, ARejectedDocumentAddsNoColumn) {
  const Seen seen = see(evolving(), with_id().int32("a", 1).int32("b", 1).int32("b", 2));
  EXPECT_EQ(seen.outcome.rejection, Rejection::duplicate_key);
  EXPECT_FALSE(seen.outcome.needs_column);
  EXPECT_TRUE(seen.columns.empty());
}

TEST(NewColumnsTest, ColumnsOfSeveralRowsAreTakenTogether) {
  const TableMapping mapping = evolving();
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  EXPECT_TRUE(encoder.add_upsert("1", with_id().int32("a", 1).bytes(), block).needs_column);
  EXPECT_TRUE(encoder.add_upsert("1", with_id().string("a", "x").bytes(), block).needs_column);
  EXPECT_TRUE(encoder.add_upsert("1", with_id().int32("b", 1).bytes(), block).needs_column);
  const std::vector<ColumnMapping> columns = encoder.take_new_columns();
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].type.name, TypeName::bigint);
}

TEST(NewColumnsTest, ATableGrowsToALimitOnly) {
  BsonBuilder document = with_id();
  for (std::size_t i = 0; i < kEvolvedColumnsMax + 10; ++i)
    document.int32("f" + std::to_string(i), 1);
  EXPECT_EQ(see(evolving(), document).columns.size(), kEvolvedColumnsMax - 2);
}

TEST(NewColumnsTest, AColumnThatIsThereKeepsItsType) {
  TableMapping mapping = evolving();
  mapping.spare = {{"n", ColumnType{.name = TypeName::numeric, .precision = 5, .scale = 2}}};
  const Seen seen = see(mapping, with_id().int32("n", 1));
  ASSERT_EQ(seen.columns.size(), 1U);
  EXPECT_EQ(format_column_type(seen.columns[0].type), "numeric(5,2)");
}

// Sub-columns count as well, and columns that are somebody else's.
TEST(NewColumnsTest, ATableOfCratedbGrowsAsLongAsItHasRoom) {
  TableMapping mapping = evolving();
  for (int i = 0; i < 300; ++i)
    mapping.spare.push_back({"theirs" + std::to_string(i), std::nullopt});
  std::vector<SubColumn> known;
  for (int i = 0; i < 640; ++i)
    known.push_back({.column = "data", .path = {"x" + std::to_string(i)}, .type = "bigint"});
  BsonBuilder document = with_id();
  for (int i = 0; i < 20; ++i)
    document.int32("f" + std::to_string(i), 1);
  std::size_t added = 0;
  for (bool is_added = false; !is_added;) {
    RowEncoder encoder(mapping, JsonTarget::cratedb);
    encoder.set_sub_columns(known);
    RowBlock block = encoder.make_upserts();
    is_added = encoder.add_upsert("1", document.bytes(), block).is_added();
    std::vector<ColumnMapping> columns = encoder.take_new_columns();
    ASSERT_TRUE(is_added || !columns.empty());
    added += columns.size();
    mapping.columns.insert(mapping.columns.end(), columns.begin(), columns.end());
  }
  EXPECT_EQ(added, 6U) << "950, but for 640, 300, the key, city, data and overflow";
}

}  // namespace
}  // namespace relay
