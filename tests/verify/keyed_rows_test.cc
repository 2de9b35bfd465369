#include "verify/keyed_rows.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

Side row_of(std::uint64_t number) {
  return {.state = Side::State::row, .digest = {.low = number, .high = number}};
}

class KeyedRowsTest : public testing::Test {
 protected:
  KeyedRowsTest() {
    for (std::size_t i = 0; i < Buckets::kCount; ++i)
      all_.add(i);
  }

  static void add_source(KeyedRows& rows, const std::string& key, Side side) {
    const Bytes document = BsonBuilder().string("a", "b").string("_id", key).bytes();
    rows.add_source({.key = key, .document = document, .side = side});
  }
  static void add_target(KeyedRows& rows, const std::string& key, std::uint64_t number) {
    rows.add_target({.key = key, .text = key, .digest = row_of(number).digest});
  }
  static std::vector<std::string> texts(KeyedRows& rows) {
    std::vector<std::string> found;
    const auto make_id = [](const std::string& key, const std::string& /*text*/) {
      return key == "foreign" ? "" : as_text(BsonBuilder().string("_id", key).bytes());
    };
    for (const Dispute& dispute : rows.take_disputes(make_id))
      found.push_back(dispute.text + (dispute.id.empty() ? " (no id)" : ""));
    std::ranges::sort(found);
    return found;
  }

  BucketSet all_;
};

TEST_F(KeyedRowsTest, KeysWithOtherRowsOrOnOneSideOnlyAreInDispute) {
  KeyedRows rows(all_);
  add_source(rows, "same", row_of(1));
  add_target(rows, "same", 1);
  add_source(rows, "other", row_of(1));
  add_target(rows, "other", 2);
  add_source(rows, "here", row_of(1));
  add_target(rows, "there", 1);
  add_source(rows, "unfit", {.state = Side::State::unfit});
  add_target(rows, "foreign", 1);
  EXPECT_EQ(texts(rows),
            (std::vector<std::string>{"foreign (no id)", "here", "other", "there", "unfit"}));
}

TEST_F(KeyedRowsTest, RowsOfOtherBucketsArePassedOver) {
  BucketSet one;
  one.add(Buckets::bucket_of("in"));
  ASSERT_FALSE(one.has_key_of("out"));
  KeyedRows rows(one);
  add_source(rows, "in", row_of(1));
  add_source(rows, "out", row_of(1));
  add_target(rows, "out", 2);
  EXPECT_EQ(texts(rows), std::vector<std::string>{"in"});
}

}  // namespace
}  // namespace relay
