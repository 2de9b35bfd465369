#include "survey/table_sample.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

void add(TableSample& sample, const BsonBuilder& document) {
  const Bytes bytes = document.bytes();
  sample.add(bytes);
}

TableMapping typed_mapping() {
  return {.from = {"shop", "orders"},
          .to = {"sales", "orders"},
          .columns = {{.name = "id", .path = {"_id"}, .type = {}, .is_key = true},
                      {.name = "n", .path = {"n"}, .type = {.name = TypeName::bigint}}}};
}

TEST(TableSampleTest, MisfitsAreCountedByColumn) {
  const TableMapping mapping = typed_mapping();
  TableSample sample(mapping, TargetKind::postgresql, {});
  add(sample, BsonBuilder().int32("_id", 1).int32("n", 1));
  add(sample, BsonBuilder().int32("_id", 2).string("n", "x"));
  const SampleFacts facts = sample.facts();
  EXPECT_EQ(facts.documents, 2U);
  EXPECT_EQ(facts.misfits, (std::map<std::string, std::uint64_t>{{"n", 1}}));
  EXPECT_TRUE(facts.rejections.empty()) << "rest keeps it";
}

TEST(TableSampleTest, DeadLettersAreCountedByReason) {
  TableMapping mapping = typed_mapping();
  mapping.rest = "";
  TableSample sample(mapping, TargetKind::postgresql, {});
  add(sample, BsonBuilder().int32("_id", 1).string("n", "x"));
  add(sample, BsonBuilder().string("_id", std::string(kKeyBytesMax + 1, 'k')));
  add(sample, BsonBuilder().int32("no_id", 2));
  EXPECT_EQ(
      sample.facts().rejections,
      (std::map<std::string, std::uint64_t>{{"key_too_long", 1}, {"malformed", 1}, {"misfit", 1}}));
}

// At random and as one of the newest.
TEST(TableSampleTest, ADocumentThatComesTwiceCountsOnce) {
  const TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  TableSample sample(mapping, TargetKind::postgresql, {});
  add(sample, BsonBuilder().int32("_id", 1));
  add(sample, BsonBuilder().int64("_id", 1));
  EXPECT_EQ(sample.facts().documents, 1U);
}

TEST(TableSampleTest, WhatTheFilterLeavesOutSaysNothing) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.where = {{.path = {"n"}, .comparison = Comparison::exists, .values = {true}}};
  TableSample sample(mapping, TargetKind::postgresql, {});
  add(sample, BsonBuilder().int32("_id", 1).string("other", "x"));
  add(sample, BsonBuilder().int32("_id", 2).int32("n", 1));
  const SampleFacts facts = sample.facts();
  EXPECT_EQ(facts.documents, 2U);
  EXPECT_EQ(facts.unwanted, 1U);
  EXPECT_EQ(facts.fields.size(), 2U);
}

TableMapping plain_mapping() {
  return {.from = {"shop", "orders"}, .to = {"sales", "orders"}};
}

// As the relay writes a new table: the first documents decide together, so that an integer in front
// of fractions is no conflict; a text is one.
TEST(TableSampleTest, OnCrateDbTheSampleDecidesAboutTypesTogether) {
  const TableMapping mapping = plain_mapping();
  TableSample sample(mapping, TargetKind::cratedb, {});
  add(sample, BsonBuilder().int32("_id", 1).int32("n", 1).int32("m", 1));
  add(sample, BsonBuilder().int32("_id", 2).real("n", 2.5).string("m", "x"));
  const SampleFacts facts = sample.facts();
  EXPECT_EQ(facts.documents, 2U);
  EXPECT_EQ(facts.overflow_values, (std::map<std::string, std::uint64_t>{{"data", 1}}));
  EXPECT_EQ(facts.overflow_fields, (std::map<std::string, std::uint64_t>{{"m", 1}}));
  EXPECT_TRUE(facts.misfits.empty());
  EXPECT_EQ(facts.sub_columns, 3U);
}

TEST(TableSampleTest, OnCrateDbATableThatIsThereHasDecided) {
  const TableMapping mapping = plain_mapping();
  TableSample sample(mapping,
                     TargetKind::cratedb,
                     {{.column = "data", .path = {"a"}, .type = "object"},
                      {.column = "data", .path = {"a", "n"}, .type = "bigint"}});
  add(sample, BsonBuilder().int32("_id", 1).document("a", BsonBuilder().real("n", 2.5)));
  EXPECT_EQ(sample.facts().overflow_fields, (std::map<std::string, std::uint64_t>{{"a.n", 1}}));
}

TEST(TableSampleTest, NamesThatAreDataUseTheColumnsUp) {
  const TableMapping mapping = plain_mapping();
  TableSample sample(mapping, TargetKind::cratedb, {});
  for (int i = 0; i < 1'000; ++i)
    add(sample, BsonBuilder().int32("_id", i).int32("k" + std::to_string(i), 1));
  const SampleFacts facts = sample.facts();
  EXPECT_FALSE(facts.has_room_for_columns);
  EXPECT_EQ(facts.sub_columns, 947U) << "with three of the table and fifty for others";
  EXPECT_EQ(facts.overflow_fields.size(), 54U);
}

TEST(TableSampleTest, EventsAreTriedAsEvents) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"log", "orders"}};
  mapping.mode = MappingMode::append;
  TableSample sample(mapping, TargetKind::postgresql, {});
  add(sample, BsonBuilder().int32("_id", 1).int32("a", 1).int32("a", 2));
  add(sample, BsonBuilder().int32("_id", 2));
  EXPECT_EQ(sample.facts().rejections,
            (std::map<std::string, std::uint64_t>{{"duplicate_key", 1}}));
}

TEST(TableSampleTest, OnCrateDbEventsNameTheirColumn) {
  TableMapping mapping = plain_mapping();
  mapping.mode = MappingMode::append;
  TableSample sample(mapping, TargetKind::cratedb, {});
  add(sample, BsonBuilder().int32("_id", 1).int32("a.b", 1));
  const SampleFacts facts = sample.facts();
  EXPECT_EQ(facts.overflow_values, (std::map<std::string, std::uint64_t>{{"document", 1}}));
  EXPECT_EQ(facts.overflow_fields, (std::map<std::string, std::uint64_t>{{"document.a.b", 1}}));
}

}  // namespace
}  // namespace relay
