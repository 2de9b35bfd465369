#include "verify/object_tree.h"

#include <gtest/gtest.h>

#include "verify/canonical_json.h"

namespace relay {
namespace {

std::string tree_of(const std::vector<std::string>& texts, JsonForm form = JsonForm::plain) {
  ObjectTree tree(form);
  for (const std::string& text : texts) {
    if (!tree.add(text)) return "none";
  }
  std::string out;
  return tree.append(out) ? out : "none";
}

std::string canonical(const std::string& json) {
  std::string out;
  EXPECT_TRUE(append_canonical_json(json, out)) << json;
  return out;
}

// Which of the two columns a value stands in does not show, nor in which form.
TEST(ObjectTreeTest, OverflowIsPutWhereItBelongs) {
  const std::string whole = canonical(R"({"a": {"b": 1, "c": "x"}, "d": 2.5})");
  EXPECT_EQ(tree_of({R"({"a": {"b": 1, "c": "x"}, "d": 2.5})"}), whole);
  EXPECT_EQ(tree_of({R"({"a":{"c":"x"}})",
                     R"({"a":{"b":{"$numberInt":"1"}},"d":{"$numberDouble":"2.5"}})"}),
            whole);
  EXPECT_EQ(
      tree_of({"{}", R"({"d":{"$numberDouble":"2.5"},"a":{"b":{"$numberLong":"1"},"c":"x"}})"}),
      whole);
  EXPECT_NE(tree_of({R"({"a":{"c":"x"}})", R"({"a":{"b":{"$numberInt":"2"}},"d":2.5})"}), whole);
}

TEST(ObjectTreeTest, EveryWrapperThatPlainJsonDoesWithoutIsTakenOff) {
  EXPECT_EQ(tree_of({R"({"o":{"$oid":"507f191e810c19729de860ea"},)"
                     R"("t":{"$date":{"$numberLong":"1720739862907"}},)"
                     R"("u":{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}},)"
                     R"("l":[{"$numberInt":"1"},{"$numberDouble":"1e+30"}]})"}),
            canonical(R"({"o":"507f191e810c19729de860ea","t":1720739862907,)"
                      R"("u":"00112233-4455-6677-8899-aabbccddeeff","l":[1,1e30]})"));
}

TEST(ObjectTreeTest, OthersStay) {
  for (const char* json : {R"({"a":{"$numberDouble":"-0.0"}})",
                           R"({"a":{"$numberDouble":"NaN"}})",
                           R"({"a":{"$numberDecimal":"1.10"}})",
                           R"({"a":{"$date":{"$numberLong":"253402300800000"}}})",
                           R"({"a":{"$binary":{"base64":"eA==","subType":"00"}}})",
                           R"({"a":{"$code":"x","$scope":{"n":{"$numberInt":"1"}}}})",
                           R"({"a":{"$minKey":1}})"})
    EXPECT_EQ(tree_of({json}), canonical(json)) << json;
}

// A document whose names look like those of a wrapper.
TEST(ObjectTreeTest, ALiteralIsNoWrapper) {
  EXPECT_EQ(tree_of({R"({"a":{"$literal":{"$oid":{"$numberInt":"1"}}}})"}),
            canonical(R"({"a":{"$literal":{"$oid":1}}})"));
}

TEST(ObjectTreeTest, ADoubleIsItsValueHoweverItIsPrinted) {
  EXPECT_EQ(tree_of({R"({"a":4.9E-324,"b":1.0E10})"}), tree_of({R"({"a":5e-324,"b":1e+10})"}));
  EXPECT_NE(tree_of({R"({"a":9007199254740993})"}), tree_of({R"({"a":9007199254740992})"}));
}

TEST(ObjectTreeTest, ExtendedJsonKeepsItsTypes) {
  const std::string json = R"({"a":{"$numberInt":"1"}})";
  EXPECT_EQ(tree_of({json}, JsonForm::extended), canonical(json));
}

TEST(ObjectTreeTest, ADocumentIsTheSameInItsColumnAndBesideIt) {
  ObjectTree column(JsonForm::plain);
  EXPECT_TRUE(column.add(R"({"x":1})"));
  EXPECT_TRUE(column.add_at({"a", "b"}, R"({"n":1})"));
  EXPECT_TRUE(column.add_list_at({"l"}, R"({"{\"n\":1}",NULL})"));
  std::string out;
  EXPECT_TRUE(column.append(out));
  EXPECT_EQ(out,
            tree_of({R"({"x":1,"l":[{"n":1},null]})", R"({"a":{"b":{"n":{"$numberInt":"1"}}}})"}));
}

TEST(ObjectTreeTest, TwoValuesOfOneFieldAreNoTree) {
  EXPECT_EQ(tree_of({R"({"a":1})", R"({"a":{"$numberInt":"2"}})"}), "none");
  EXPECT_EQ(tree_of({R"({"a":1})", R"({"a":{"$numberInt":"1"}})"}), canonical(R"({"a":1})"));
  EXPECT_EQ(tree_of({R"({"a":)"}), "none");
  EXPECT_EQ(tree_of({"[1]"}), "none");
}

}  // namespace
}  // namespace relay
