#include "survey/schema_choice.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "mapping/check_rule.h"
#include "mapping/column_name.h"
#include "plan/crate_text.h"

namespace relay {
namespace {

PlannedTable table_of(const std::vector<BsonBuilder>& documents,
                      TargetKind target = TargetKind::postgresql) {
  const TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  TableSample sample(mapping, target, {});
  for (const BsonBuilder& document : documents) {
    const Bytes bytes = document.bytes();
    sample.add(bytes);
  }
  PlannedTable table;
  table.from = mapping.from;
  table.to = mapping.to;
  table.documents = 7;
  table.sample = sample.facts();
  return table;
}

BsonBuilder order(int id) {
  return BsonBuilder().int32("_id", id);
}

const std::vector<BsonBuilder> kOrders = {
    order(1)
        .real("total", 2.5)
        .document("address", BsonBuilder().string("city", "x").string("zip", "1"))
        .array("tags", BsonBuilder().string("0", "a"))
        .string("mixed", "x"),
    order(2).int32("total", 3).int32("mixed", 1).null("never"),
};

TEST(SchemaChoiceTest, WhatIsWrittenIsReadBack) {
  const PlannedTable table = table_of(kOrders);
  const SchemaChoice choice = choose_schema(table.sample.fields, TargetKind::postgresql);
  const std::string text = format_schema_file(table, choice);
  EXPECT_EQ(text,
            "# Columns for \"shop.orders\", by 2 of about 7 documents (relay plan "
            "--write-schema).\n"
            "# \"mixed\": json, because of int 1, string 1\n"
            "# \"never\": no column\n"
            "rest = \"data\"\n"
            "columns = [\n"
            "  { name = \"id\", path = \"_id\", type = \"bigint\", key = true },\n"
            "  { name = \"mixed\", path = \"mixed\", type = \"json\" },\n"
            "  { name = \"total\", path = \"total\", type = \"double precision\" },\n"
            "  { name = \"address_city\", path = \"address.city\", type = \"text\" },\n"
            "  { name = \"address_zip\", path = \"address.zip\", type = \"text\" },\n"
            "  { name = \"tags\", path = \"tags\", type = \"text[]\" },\n"
            "]\n");
  const Result<MappingFile> read = parse_mapping_file(text, "orders.toml");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().columns.size(), choice.file.columns.size());
}

// The promise of the file: no value of the sample misses its column.
TEST(SchemaChoiceTest, TheSampleFitsTheColumns) {
  const SchemaChoice choice =
      choose_schema(table_of(kOrders).sample.fields, TargetKind::postgresql);
  const TableMapping mapping{
      .from = {"shop", "orders"}, .to = {"sales", "orders"}, .columns = choice.file.columns};
  TableSample again(mapping, TargetKind::postgresql, {});
  for (const BsonBuilder& document : kOrders) {
    const Bytes bytes = document.bytes();
    again.add(bytes);
  }
  EXPECT_TRUE(again.facts().misfits.empty());
  EXPECT_TRUE(again.facts().rejections.empty());
}

std::string names_of(const SchemaChoice& choice) {
  std::string text;
  for (const ColumnMapping& column : choice.file.columns)
    text += (text.empty() ? "" : " ") + column.name;
  return text;
}

TEST(SchemaChoiceTest, NamesThatTheTableHasAreMovedAside) {
  const SchemaChoice choice = choose_schema(
      table_of({order(1).int32("id", 1).int32("data", 1).int32("xmin", 1)}).sample.fields,
      TargetKind::postgresql);
  ASSERT_EQ(choice.file.columns.size(), 4U);
  EXPECT_TRUE(names_of(choice).starts_with("_id data_")) << names_of(choice);
  EXPECT_EQ(choice.shortened.size(), 2U) << names_of(choice);
  const TableRule rule{.from = "a.b", .columns = choice.file.columns};
  EXPECT_EQ(explain_rule(rule), "");
}

TEST(SchemaChoiceTest, ANestedNameMayMeetAnother) {
  const SchemaChoice choice = choose_schema(
      table_of({order(1).int32("a_b", 1).document("a", BsonBuilder().int32("b", 1))}).sample.fields,
      TargetKind::postgresql);
  EXPECT_EQ(choice.file.columns.size(), 3U) << names_of(choice);
  EXPECT_EQ(explain_rule({.from = "a.b", .columns = choice.file.columns}), "");
}

TEST(SchemaChoiceTest, ATableHasOnlySoManyColumns) {
  BsonBuilder wide = order(1);
  for (std::size_t i = 0; i < kEvolvedColumnsMax; ++i)
    wide.int32("f" + std::to_string(i), 1);
  const SchemaChoice choice = choose_schema(table_of({wide}).sample.fields, TargetKind::postgresql);
  EXPECT_EQ(choice.file.columns.size(), kEvolvedColumnsMax);
  EXPECT_EQ(choice.left_out.size(), 1U);
}

TEST(SchemaChoiceTest, WithoutDocumentsThereIsNothingToChoose) {
  EXPECT_TRUE(choose_schema({}, TargetKind::postgresql).file.columns.empty());
}

// Of every type and name that CrateDB does not have: what is written there can be used there.
TEST(SchemaChoiceTest, OnCrateDbEveryColumnIsOneItTakes) {
  const std::vector<BsonBuilder> documents = {
      order(1)
          .int32("id", 1)
          .decimal("price", "1.10")
          .decimal("tiny", "0.000000000001")
          .decimal("odd", "1E-30")
          .binary("bytes", 0, "x")
          .string("mixed", "x")
          .string("a[b", "x")
          .string("_version", "x")
          .string("overflow", "x")
          .int64("end", std::numeric_limits<std::int64_t>::max())
          .string("long", std::string(40'000, 'x'))
          .array("prices", BsonBuilder().decimal("0", "1.5"))
          .document("map",
                    [] {
                      BsonBuilder map;
                      for (std::size_t i = 0; i <= FieldStatistics::kOpenedNamesMax; ++i)
                        map.int32("k" + std::to_string(i), 1);
                      return map;
                    }()),
      order(2).real("price", 2.5).int32("mixed", 1)};
  const SchemaChoice choice =
      choose_schema(table_of(documents, TargetKind::cratedb).sample.fields, TargetKind::cratedb);
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.columns = choice.file.columns;
  mapping.rest = choice.file.rest.value_or("");
  const Result<CrateStatements> sql = make_crate_statements(mapping);
  ASSERT_TRUE(sql.ok()) << sql.error().message;
  for (const char* part : {R"("oid" BIGINT PRIMARY KEY)",
                           R"("id" BIGINT)",
                           R"("price" NUMERIC(38,10))",
                           R"("tiny" NUMERIC(38,18))",
                           R"("end" NUMERIC(38,10))",
                           R"("prices" ARRAY(NUMERIC(38,10)))",
                           R"("_version_)",
                           R"("overflow_)",
                           R"("map" OBJECT(DYNAMIC))"})
    EXPECT_NE(sql.value().create_table.find(part), std::string::npos)
        << part << " in " << sql.value().create_table;
  std::set<std::string> left_out;
  for (const FieldPath& path : choice.left_out)
    left_out.insert(path.front());
  EXPECT_EQ(left_out, (std::set<std::string>{"a[b", "bytes", "long", "mixed", "odd"}));
  TableSample again(mapping, TargetKind::cratedb, {});
  for (const BsonBuilder& document : documents) {
    const Bytes bytes = document.bytes();
    again.add(bytes);
  }
  const SampleFacts facts = again.facts();
  EXPECT_TRUE(facts.misfits.empty());
  EXPECT_TRUE(facts.rejections.empty());
}

// A name of a field may hold a line feed, and must not end the comment.
TEST(SchemaChoiceTest, NoNameLeavesItsComment) {
  const PlannedTable table =
      table_of({order(1).string("a\nrest", "x"), order(2).int32("a\nrest", 1).null("b\n= 1")});
  const std::string text =
      format_schema_file(table, choose_schema(table.sample.fields, TargetKind::postgresql));
  EXPECT_TRUE(parse_mapping_file(text, "x.toml").ok()) << text;
  EXPECT_EQ(text.find("\nrest\""), std::string::npos) << text;
}

TEST(SchemaFileNameTest, IsTheTablesAndStaysInItsFolder) {
  EXPECT_EQ(name_schema_file({"sales", "orders"}, false), "orders.toml");
  EXPECT_EQ(name_schema_file({"sales", "orders"}, true), "sales.orders.toml");
  const std::string odd = name_schema_file({"sales", "../a/b"}, false);
  EXPECT_TRUE(odd.starts_with("_._a_b_")) << odd;
  EXPECT_NE(odd, name_schema_file({"sales", "..a/b/"}, false));
}

}  // namespace
}  // namespace relay
