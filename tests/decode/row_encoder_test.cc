// Rows of mirror tables: what the columns get and what the JSON column keeps.
#include "decode/row_encoder.h"

#include <gtest/gtest.h>

#include "decode/encoded_row.h"

namespace relay {
namespace {

using namespace std::string_literals;

TEST(RowEncoderTest, PostgresqlGetsJsonAsText) {
  TableMapping mapping;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  EXPECT_TRUE(encoder.add_upsert("1", BsonBuilder().int32("_id", 1).date("d", 0).bytes(), block)
                  .is_added());
  block.seal();
  EXPECT_EQ(column_of(block, 0).oid, 25U);
  EXPECT_EQ(column_of(block, 0).cells, CellTexts{"1"});
  EXPECT_EQ(column_of(block, 1).oid, 25U);
  EXPECT_EQ(column_of(block, 1).cells, CellTexts{R"({"_id":1,"d":"1970-01-01T00:00:00.000Z"})"});
}

TEST(RowEncoderTest, TheMappingChoosesTheForm) {
  TableMapping mapping;
  mapping.json = JsonForm::extended;
  EXPECT_EQ(encode(mapping, with_id()).rest(), R"({"_id":{"$numberInt":"7"}})");
}

TEST(RowEncoderTest, ARejectedDocumentLeavesNoTrace) {
  for (const bool has_columns : {false, true}) {
    const TableMapping mapping =
        has_columns ? with_columns({{.name = "a", .path = {"a"}, .type = kText}}) : TableMapping();
    RowEncoder encoder(mapping, JsonTarget::postgresql);
    RowBlock with = encoder.make_upserts();
    RowBlock without = encoder.make_upserts();
    const Bytes good = with_id().bytes();
    const Bytes bad = BsonBuilder().string("a", std::string(5'000, 'x')).null("a").bytes();
    for (RowBlock* block : {&with, &without})
      EXPECT_TRUE(encoder.add_upsert("1", good, *block).is_added());
    EXPECT_EQ(encoder.add_upsert("2", bad, with).rejection, Rejection::duplicate_key);
    for (RowBlock* block : {&with, &without}) {
      EXPECT_TRUE(encoder.add_upsert("3", good, *block).is_added());
      block->seal();
    }
    EXPECT_EQ(with.chunks().front().columns, without.chunks().front().columns);
    EXPECT_EQ(with.row_count(), 2U);
  }
}

TEST(RowEncoderTest, AKeyThatNoIndexTakesIsRejected) {
  const std::string longest(kKeyBytesMax, 'k');
  for (const TableMapping& mapping : {TableMapping(), with_columns({})}) {
    RowEncoder encoder(mapping, JsonTarget::postgresql);
    RowBlock upserts = encoder.make_upserts();
    RowBlock removals = encoder.make_removals();
    EXPECT_TRUE(encoder.add_upsert(longest, with_id().bytes(), upserts).is_added());
    EXPECT_EQ(encoder.add_upsert(longest + "k", with_id().bytes(), upserts).rejection,
              Rejection::key_too_long);
    EXPECT_TRUE(encoder.add_removal(longest, with_id().bytes(), 0, removals));
    EXPECT_FALSE(encoder.add_removal(longest + "k", with_id().bytes(), 0, removals));
    EXPECT_EQ(upserts.row_count(), 1U);
    EXPECT_EQ(removals.row_count(), 1U);
  }
}

TEST(RowEncoderTest, ColumnsComeInTheOrderOfTheTable) {
  TableMapping mapping;
  mapping.columns = {{.name = "b", .path = {"b"}, .type = kBigint},
                     key_column(),
                     {.name = "a", .path = {"a"}, .type = {.name = TypeName::boolean}}};
  mapping.on_delete = OnDelete::mark;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_upserts();
  const BsonBuilder document = with_id().boolean("a", true).int32("b", 5).string("c", "x");
  EXPECT_TRUE(encoder.add_upsert("7", document.bytes(), block).is_added());
  block.seal();
  ASSERT_EQ(block.chunks().front().columns.size(), 5U);
  EXPECT_EQ(texts_of(block, 0, TypeName::text), CellTexts{"7"});
  EXPECT_EQ(texts_of(block, 1, TypeName::bigint), CellTexts{"5"});
  EXPECT_EQ(column_of(block, 1).oid, 20U);
  EXPECT_EQ(texts_of(block, 2, TypeName::boolean), CellTexts{"t"});
  EXPECT_EQ(column_of(block, 2).oid, 16U);
  EXPECT_EQ(texts_of(block, 3, TypeName::json), CellTexts{R"({"c":"x"})"});
  EXPECT_EQ(column_of(block, 4).cells, CellTexts{std::nullopt});
  EXPECT_EQ(column_of(block, 4).oid, 1184U);
}

TEST(RowEncoderTest, RestKeepsWhatHasNoColumn) {
  const TableMapping mapping =
      with_columns({{.name = "city", .path = {"address", "city"}, .type = kText}});
  const Row row = encode(
      mapping, with_id().document("address", BsonBuilder().string("city", "x").int32("zip", 1)));
  EXPECT_EQ(row.cells[1], "x");
  EXPECT_EQ(row.rest(), R"({"address":{"zip":1}})");
}

TEST(RowEncoderTest, AParentThatBecameEmptyStays) {
  const TableMapping mapping =
      with_columns({{.name = "city", .path = {"address", "city"}, .type = kText}});
  const Row row = encode(mapping, with_id().document("address", BsonBuilder().string("city", "x")));
  EXPECT_EQ(row.rest(), R"({"address":{}})");
}

TEST(RowEncoderTest, AMisfitStaysAtItsPlaceInCanonicalForm) {
  const TableMapping mapping = with_columns({{.name = "n", .path = {"a", "n"}, .type = kBigint},
                                             {.name = "m", .path = {"m"}, .type = kBigint}});
  const BsonBuilder document = with_id()
                                   .document("a", BsonBuilder().real("n", 1.5).int32("x", 1))
                                   .document("m", BsonBuilder().int32("y", 2));
  const Row row = encode(mapping, document);
  EXPECT_EQ(row.cells[1], std::nullopt);
  EXPECT_EQ(row.rest(),
            R"({"a":{"n":{"$numberDouble":"1.5"},"x":1},"m":{"y":{"$numberInt":"2"}}})");
  EXPECT_EQ(row.misfits, (std::vector<std::uint64_t>{0, 1, 1}));
}

TEST(RowEncoderTest, ANullStaysVisibleAndIsNoMisfit) {
  const TableMapping mapping =
      with_columns({{.name = "n", .path = {"n"}, .type = kBigint, .default_value = Literal(5L)},
                    {.name = "j", .path = {"a", "j"}, .type = kJson}});
  const Row row = encode(mapping, with_id().null("n").document("a", BsonBuilder().null("j")));
  EXPECT_EQ(row.cells[1], std::nullopt) << "a default stands in for a missing field only";
  EXPECT_EQ(row.cells[2], std::nullopt);
  EXPECT_EQ(row.rest(), R"({"n":null,"a":{"j":null}})");
  EXPECT_EQ(row.misfits, (std::vector<std::uint64_t>{0, 0, 0}));
}

TEST(RowEncoderTest, ADefaultStandsInForAMissingField) {
  const auto time = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::seconds(86'400));
  const std::string uuid = "00112233-4455-6677-8899-aabbccddeeff";
  const std::vector<std::tuple<TypeName, Literal, std::string>> cases = {
      {TypeName::text, Literal("n/a"s), "n/a"},
      {TypeName::boolean, Literal(true), "t"},
      {TypeName::bigint, Literal(std::int64_t{5}), "5"},
      {TypeName::numeric, Literal(0.1), "0.1"},
      {TypeName::uuid, Literal(uuid), uuid},
      {TypeName::timestamp, Literal(time), "1970-01-02 00:00:00+00"}};
  for (const auto& [type, literal, expected] : cases) {
    const TableMapping mapping = with_columns(
        {{.name = "c", .path = {"a", "b"}, .type = {.name = type}, .default_value = literal}});
    RowEncoder encoder(mapping, JsonTarget::postgresql);
    RowBlock block = encoder.make_upserts();
    EXPECT_TRUE(encoder.add_upsert("1", with_id().bytes(), block).is_added());
    EXPECT_TRUE(encoder.add_upsert("2", with_id().int32("a", 1).bytes(), block).is_added());
    block.seal();
    EXPECT_EQ(texts_of(block, 1, type), (CellTexts{expected, expected}));
  }
}

TEST(RowEncoderTest, ColumnsDoNotGoThroughArrays) {
  const TableMapping mapping = with_columns({{.name = "n", .path = {"a", "n"}, .type = kBigint}});
  const BsonBuilder lines = BsonBuilder().document("0", BsonBuilder().int32("n", 1));
  const Row row = encode(mapping, with_id().array("a", lines));
  EXPECT_EQ(row.cells[1], std::nullopt);
  EXPECT_EQ(row.rest(), R"({"a":[{"n":1}]})");
  EXPECT_EQ(row.misfits[1], 0U);
}

TEST(RowEncoderTest, ADocumentAndAFieldOfItMayBothHaveColumns) {
  const TableMapping mapping =
      with_columns({{.name = "a", .path = {"a"}, .type = kJson},
                    {.name = "n", .path = {"a", "b", "n"}, .type = kBigint}});
  const auto nested = [](const BsonBuilder& inner) {
    return with_id().document("a", BsonBuilder().document("b", inner).int32("x", 1));
  };
  const Row fits = encode(mapping, nested(BsonBuilder().int32("n", 3)));
  EXPECT_EQ(fits.cells[1], R"({"b":{"n":3},"x":1})");
  EXPECT_NE(fits.cells[2], std::nullopt);
  EXPECT_EQ(fits.rest(), "{}");
  const Row misfit = encode(mapping, nested(BsonBuilder().string("n", "three").int32("m", 1)));
  EXPECT_EQ(misfit.cells[1], R"({"b":{"n":"three","m":1},"x":1})");
  EXPECT_EQ(misfit.cells[2], std::nullopt);
  EXPECT_EQ(misfit.rest(), R"({"a":{"b":{"n":"three"}}})");
}

TEST(RowEncoderTest, AMisfitIsKeptWholeThoughAFieldOfItFits) {
  const TableMapping mapping = with_columns({{.name = "a", .path = {"a"}, .type = kText},
                                             {.name = "n", .path = {"a", "n"}, .type = kBigint}});
  const Row row = encode(mapping, with_id().document("a", BsonBuilder().int32("n", 3)));
  EXPECT_EQ(row.cells[1], std::nullopt);
  EXPECT_NE(row.cells[2], std::nullopt);
  EXPECT_EQ(row.rest(), R"({"a":{"n":{"$numberInt":"3"}}})");
}

TEST(RowEncoderTest, OneOfTwoColumnsMayRefuseAValue) {
  const TableMapping mapping = with_columns(
      {{.name = "n", .path = {"a"}, .type = kBigint}, {.name = "t", .path = {"a"}, .type = kText}});
  const Row row = encode(mapping, with_id().string("a", "x"));
  EXPECT_EQ(row.cells[1], std::nullopt);
  EXPECT_EQ(row.cells[2], "x");
  EXPECT_EQ(row.rest(), R"({"a":"x"})");
}

TEST(RowEncoderTest, AnAllowListKeepsNothingElse) {
  TableMapping mapping = with_columns({{.name = "n", .path = {"a", "n"}, .type = kBigint}});
  mapping.rest = "";
  const Row row = encode(
      mapping,
      with_id().document("a", BsonBuilder().int32("n", 1).int32("x", 1)).int32("b", 1).null("b"));
  EXPECT_TRUE(row.outcome.is_added()) << "a name twice among what is left out";
  EXPECT_EQ(row.cells.size(), 2U);
  const Row misfit = encode(mapping, with_id().document("a", BsonBuilder().string("n", "x")));
  EXPECT_EQ(misfit.outcome.rejection, Rejection::misfit);
  EXPECT_EQ(misfit.outcome.detail, "n");
  EXPECT_EQ(misfit.misfits[1], 1U);
  EXPECT_TRUE(encode(mapping, with_id().document("a", BsonBuilder().null("n"))).outcome.is_added());
}

TEST(RowEncoderTest, AMappedNameTwiceIsRejectedUnderAnAllowListToo) {
  TableMapping mapping = with_columns({{.name = "n", .path = {"n"}, .type = kBigint}});
  mapping.rest = "";
  EXPECT_EQ(encode(mapping, with_id().int32("n", 1).int32("n", 2)).outcome.rejection,
            Rejection::duplicate_key);
}

TEST(RowEncoderTest, ExcludedPathsAreCutThroughArrays) {
  TableMapping mapping;
  mapping.exclude = {{"card", "number"}, {"secret"}};
  const BsonBuilder card = BsonBuilder().string("number", "1").string("kind", "k");
  const BsonBuilder cards =
      BsonBuilder().document("0", card).array("1", BsonBuilder().document("0", card).int32("1", 5));
  EXPECT_EQ(encode(mapping, with_id().document("card", card).int32("secret", 1)).rest(),
            R"({"_id":7,"card":{"kind":"k"}})");
  EXPECT_EQ(encode(mapping, with_id().array("card", cards)).rest(),
            R"({"_id":7,"card":[{"kind":"k"},[{"kind":"k"},5]]})");
  EXPECT_EQ(encode(mapping, with_id().int32("card.number", 5).int32("secret", 1).int32("secret", 2))
                .rest(),
            R"({"_id":7,"card.number":5})")
      << "a path never means a name with a dot in it";
}

TEST(RowEncoderTest, ExcludedPathsAreCutInsideJsonColumnsAndMisfits) {
  TableMapping mapping = with_columns({{.name = "card", .path = {"card"}, .type = kJson},
                                       {.name = "t", .path = {"t"}, .type = kText}});
  mapping.exclude = {{"card", "number"}, {"t", "number"}};
  const BsonBuilder card = BsonBuilder().string("number", "1").int32("kind", 2);
  const Row row = encode(
      mapping, with_id().document("card", card).array("t", BsonBuilder().document("0", card)));
  EXPECT_EQ(row.cells[1], R"({"kind":2})");
  EXPECT_EQ(row.rest(), R"({"t":[{"kind":{"$numberInt":"2"}}]})");
}

TEST(RowEncoderTest, ATypedKeyTakesWhatFitsAndNothingElse) {
  TableMapping mapping;
  mapping.columns = {key_column(kBigint)};
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock upserts = encoder.make_upserts();
  RowBlock removals = encoder.make_removals();
  const Bytes fits = BsonBuilder().real("_id", 7).string("a", "x").bytes();
  EXPECT_TRUE(encoder.add_upsert("7", fits, upserts).is_added());
  EXPECT_TRUE(encoder.add_removal("7", fits, 0, removals));
  for (const BsonBuilder& document : {BsonBuilder().string("_id", "7"),
                                      BsonBuilder().real("_id", 7.5),
                                      BsonBuilder().null("_id"),
                                      BsonBuilder().int32("a", 7)}) {
    const RowOutcome outcome = encoder.add_upsert("x", document.bytes(), upserts);
    EXPECT_EQ(outcome.rejection, Rejection::key_misfit);
    EXPECT_EQ(outcome.detail, "id");
    EXPECT_FALSE(encoder.add_removal("x", document.bytes(), 0, removals));
  }
  upserts.seal();
  removals.seal();
  EXPECT_EQ(texts_of(upserts, 0, TypeName::bigint), CellTexts{"7"});
  EXPECT_EQ(texts_of(upserts, 1, TypeName::json), CellTexts{R"({"a":"x"})"});
  EXPECT_EQ(column_of(removals, 0).oid, 20U);
  EXPECT_EQ(texts_of(removals, 0, TypeName::bigint), CellTexts{"7"});
}

// 0.1 as a double and as a decimal are two documents, and must not become one row.
TEST(RowEncoderTest, ANumericKeyKeepsKeysApart) {
  TableMapping mapping;
  mapping.columns = {key_column({.name = TypeName::numeric})};
  EXPECT_EQ(encode(mapping, BsonBuilder().real("_id", 0.1)).outcome.rejection,
            Rejection::key_misfit);
  EXPECT_TRUE(encode(mapping, BsonBuilder().real("_id", 0.5)).outcome.is_added());
  EXPECT_TRUE(encode(mapping, BsonBuilder().decimal("_id", "0.1")).outcome.is_added());
}

TEST(RowEncoderTest, MarkedRemovalsCarryTheTime) {
  TableMapping mapping;
  mapping.on_delete = OnDelete::mark;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock removals = encoder.make_removals();
  EXPECT_TRUE(encoder.add_removal("7", with_id().bytes(), 1'720'739'862'907, removals));
  removals.seal();
  ASSERT_EQ(removals.chunks().front().columns.size(), 2U);
  EXPECT_EQ(texts_of(removals, 1, TypeName::timestamp), CellTexts{"2024-07-11 23:17:42.907+00"});
  EXPECT_EQ(encode(mapping, with_id()).cells[2], std::nullopt);
}

TEST(RowEncoderTest, RemovalsAreKeysAlone) {
  TableMapping mapping;
  RowEncoder encoder(mapping, JsonTarget::postgresql);
  RowBlock block = encoder.make_removals({.rows_max = 2, .bytes_max = 1'000});
  for (const char* key : {"a", "", "c"})
    EXPECT_TRUE(encoder.add_removal(key, with_id().bytes(), 0, block));
  block.seal();
  EXPECT_EQ(block.chunks().size(), 2U);
  EXPECT_EQ(column_of(block, 0).oid, 25U);
  EXPECT_EQ(column_of(block, 0).cells, (CellTexts{"a", "", "c"}));
}

}  // namespace
}  // namespace relay
