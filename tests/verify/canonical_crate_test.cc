// Goal: a row of CrateDB has the same canonical form whatever the types of the table's sub-columns
// are, and so wherever each value stands. Method: random documents, encoded for a table that is new
// and for one whose types other documents have chosen. RELAY_TEST_SEED repeats a run.
#include <gtest/gtest.h>

#include "decode/any_documents.h"
#include "decode/object_documents.h"
#include "decode/row_encoder.h"
#include "decode/seed.h"
#include "verify/canonical_row.h"

namespace relay {
namespace {

constexpr int kDocuments = 2'000;

// nullopt: the document is no row.
std::optional<std::string> row_of(RowEncoder& encoder,
                                  const TableMapping& mapping,
                                  const Bytes& document) {
  RowBlock block = encoder.make_upserts();
  if (!encoder.add_upsert("k", document, block).is_added()) return std::nullopt;
  encoder.end_batch();
  block.seal();
  return CanonicalRow(mapping, TargetKind::cratedb).rows_of(block.chunks().front()).front();
}

template <class Documents>
void expect_one_form(const TableMapping& mapping, Documents documents) {
  RowEncoder grown(mapping, TargetKind::cratedb);
  int row_count = 0;
  int overflow_count = 0;
  for (int i = 0; i < kDocuments; ++i) {
    const Bytes document = documents.document(0).bytes();
    RowEncoder fresh(mapping, TargetKind::cratedb);
    const auto expected = row_of(fresh, mapping, document);
    const auto found = row_of(grown, mapping, document);
    ASSERT_EQ(expected.has_value(), found.has_value()) << i;
    if (!found) continue;
    ASSERT_EQ(*expected, *found) << i;
    ++row_count;
    if (fresh.last_overflow() != grown.last_overflow()) ++overflow_count;
  }
  EXPECT_GT(row_count, kDocuments / 2);
  EXPECT_GT(overflow_count, kDocuments / 20) << "or nothing was tried";
}

TEST(CanonicalCrateTest, TypesOfOtherDocumentsDoNotShow) {
  expect_one_form({}, ObjectDocuments(test_seed()));
  expect_one_form({}, AnyDocuments(test_seed()));
}

TEST(CanonicalCrateTest, NorInExtendedJson) {
  TableMapping mapping;
  mapping.json = JsonForm::extended;
  expect_one_form(mapping, ObjectDocuments(test_seed()));
}

// Columns that take a value in some documents and refuse it in others.
TEST(CanonicalCrateTest, NorBesideColumns) {
  TableMapping mapping{
      .columns = {
          {.name = "id", .path = {"_id"}, .is_key = true},
          {.name = "n", .path = {"a0"}, .type = {.name = TypeName::bigint}},
          {.name = "t", .path = {"b1"}},
          {.name = "o", .path = {"c2"}, .type = {.name = TypeName::json}},
          {.name = "l", .path = {"d1"}, .type = {.name = TypeName::json, .is_array = true}}}};
  expect_one_form(mapping, ObjectDocuments(test_seed()));
}

TEST(CanonicalCrateTest, AnotherValueIsAnotherRow) {
  const TableMapping mapping;
  RowEncoder encoder(mapping, TargetKind::cratedb);
  const auto one = row_of(encoder, mapping, BsonBuilder().int32("_id", 1).int32("n", 1).bytes());
  const auto text =
      row_of(encoder, mapping, BsonBuilder().int32("_id", 1).string("n", "1").bytes());
  const auto two = row_of(encoder, mapping, BsonBuilder().int32("_id", 1).int32("n", 2).bytes());
  const auto more =
      row_of(encoder, mapping, BsonBuilder().int32("_id", 1).int32("n", 1).null("m").bytes());
  EXPECT_NE(one, text);
  EXPECT_NE(one, two);
  EXPECT_NE(one, more);
  EXPECT_NE(two, text);
}

}  // namespace
}  // namespace relay
