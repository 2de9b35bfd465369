#include "decode/change_cutter.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"
#include "decode/json_writer.h"

namespace relay {
namespace {

std::string cut(const BsonBuilder& description, const std::vector<FieldPath>& excluded) {
  const PathTree tree({}, excluded);
  const std::vector<std::uint8_t> bytes = cut_update_description(description.bytes(), tree.root());
  std::string text;
  EXPECT_EQ(append_json(bytes, JsonForm::plain, JsonTarget::postgresql, text), Rejection::none);
  return text;
}

BsonBuilder updated(const BsonBuilder& fields) {
  return BsonBuilder().document("updatedFields", fields);
}

TEST(ChangeCutterTest, CutsFieldsByPath) {
  const BsonBuilder card = BsonBuilder().int32("number", 1).int32("kind", 2);
  const BsonBuilder fields =
      BsonBuilder().int32("card.number", 1).document("card", card).int32("card.kind", 2);
  EXPECT_EQ(cut(updated(fields), {{"card", "number"}}),
            R"({"updatedFields":{"card":{"kind":2},"card.kind":2}})");
  EXPECT_EQ(cut(updated(fields), {{"card"}}), R"({"updatedFields":{}})");
  EXPECT_EQ(cut(updated(BsonBuilder().int32("card.number.x", 1)), {{"card", "number"}}),
            R"({"updatedFields":{}})")
      << "below what is excluded";
  EXPECT_EQ(cut(updated(BsonBuilder().int32("cards", 1)), {{"card"}}),
            R"({"updatedFields":{"cards":1}})");
}

TEST(ChangeCutterTest, NumbersArePlacesInArraysOrNames) {
  const BsonBuilder line = BsonBuilder().int32("secret", 1).int32("x", 2);
  EXPECT_EQ(cut(updated(BsonBuilder().int32("lines.0.secret", 1).int32("lines.0.x", 2)),
                {{"lines", "secret"}}),
            R"({"updatedFields":{"lines.0.x":2}})");
  EXPECT_EQ(cut(updated(BsonBuilder().document("lines.3", line)), {{"lines", "secret"}}),
            R"({"updatedFields":{"lines.3":{"x":2}}})");
  EXPECT_EQ(cut(updated(BsonBuilder().array("lines", BsonBuilder().document("0", line))),
                {{"lines", "secret"}}),
            R"({"updatedFields":{"lines":[{"x":2}]}})");
  EXPECT_EQ(cut(updated(BsonBuilder().int32("a.0", 1).int32("a.1", 1)), {{"a", "0"}}),
            R"({"updatedFields":{"a.1":1}})");
}

TEST(ChangeCutterTest, CutsListsOfPaths) {
  const BsonBuilder removed =
      BsonBuilder().string("0", "secret").string("1", "a.secret").string("2", "a.b");
  const BsonBuilder truncated =
      BsonBuilder()
          .document("0", BsonBuilder().string("field", "secret").int32("newSize", 1))
          .document("1", BsonBuilder().string("field", "b").int32("newSize", 2));
  const BsonBuilder paths = BsonBuilder()
                                .array("a.0", BsonBuilder().string("0", "a"))
                                .array("secret.0", BsonBuilder().string("0", "secret"));
  EXPECT_EQ(cut(BsonBuilder()
                    .array("removedFields", removed)
                    .array("truncatedArrays", truncated)
                    .document("disambiguatedPaths", paths),
                {{"secret"}, {"a", "secret"}}),
            R"({"removedFields":["a.b"],"truncatedArrays":[{"field":"b","newSize":2}],)"
            R"("disambiguatedPaths":{"a.0":["a"]}})");
}

TEST(ChangeCutterTest, MalformedDescriptionsComeBackAsTheyAre) {
  const Bytes bytes = updated(BsonBuilder().raw(0x55, "x", "")).bytes();
  const PathTree tree({}, {{"secret"}});
  EXPECT_EQ(cut_update_description(bytes, tree.root()), bytes);
}

}  // namespace
}  // namespace relay
