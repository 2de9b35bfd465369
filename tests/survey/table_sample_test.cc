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
  TableSample sample(mapping);
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
  TableSample sample(mapping);
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
  TableSample sample(mapping);
  add(sample, BsonBuilder().int32("_id", 1));
  add(sample, BsonBuilder().int64("_id", 1));
  EXPECT_EQ(sample.facts().documents, 1U);
}

TEST(TableSampleTest, WhatTheFilterLeavesOutSaysNothing) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"sales", "orders"}};
  mapping.where = {{.path = {"n"}, .comparison = Comparison::exists, .values = {true}}};
  TableSample sample(mapping);
  add(sample, BsonBuilder().int32("_id", 1).string("other", "x"));
  add(sample, BsonBuilder().int32("_id", 2).int32("n", 1));
  const SampleFacts facts = sample.facts();
  EXPECT_EQ(facts.documents, 2U);
  EXPECT_EQ(facts.unwanted, 1U);
  EXPECT_EQ(facts.fields.size(), 2U);
}

TEST(TableSampleTest, EventsAreTriedAsEvents) {
  TableMapping mapping{.from = {"shop", "orders"}, .to = {"log", "orders"}};
  mapping.mode = MappingMode::append;
  TableSample sample(mapping);
  add(sample, BsonBuilder().int32("_id", 1).int32("a", 1).int32("a", 2));
  add(sample, BsonBuilder().int32("_id", 2));
  EXPECT_EQ(sample.facts().rejections,
            (std::map<std::string, std::uint64_t>{{"duplicate_key", 1}}));
}

}  // namespace
}  // namespace relay
