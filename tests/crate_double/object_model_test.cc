// What becomes of values in OBJECT(DYNAMIC), held to what was measured on CrateDB 6.4.3 ("Values").
#include "crate_double/object_model.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace relay {
namespace {

struct Case {
  std::string name;
  std::vector<std::string> documents;
  std::string last;  // What the last of them is stored as; "refused" or "dropped" when it is not.
};

class ObjectModelTest : public testing::TestWithParam<Case> {};

TEST_P(ObjectModelTest, TheLastDocumentEndsAsMeasured) {
  SubColumns columns;
  StoredObject stored;
  for (const std::string& document : GetParam().documents)
    stored = store_object(document, columns, 990);
  std::string last = stored.value.dump();
  if (stored.fate == StoredObject::Fate::refused) last = "refused";
  if (stored.fate == StoredObject::Fate::dropped) last = "dropped";
  EXPECT_EQ(last, GetParam().last);
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    ObjectModelTest,
    testing::Values(
        Case{"AFractionIsSwallowed", {R"({"a":5})", R"({"a":3.9})"}, R"({"a":3})"},
        Case{"ABigIntegerLosesItsHighBits",
             {R"({"a":5})", R"({"a":18446744073709551615})"},
             R"({"a":-1})"},
        Case{"ABigIntegerFirstIsRefused", {R"({"a":18446744073709551615})"}, "refused"},
        Case{"TheLargestInt64IsRefused", {R"({"a":9223372036854775807})"}, "refused"},
        Case{"TheSmallestInt64IsRefused", {R"({"a":-9223372036854775808})"}, "refused"},
        Case{"OneLessThanTheLargestIsStored",
             {R"({"a":9223372036854775806})"},
             R"({"a":9223372036854775806})"},
        Case{"AMixedArrayIsDropped", {R"({"a":[1,"a"]})"}, "dropped"},
        Case{"IntegersAndDoublesBecomeDoubles", {R"({"a":[1,2.5]})"}, R"({"a":[1.0,2.5]})"},
        Case{"AnObjectBecomesText", {R"({"a":"x"})", R"({"a":{"x":1}})"}, R"({"a":"{\"x\":1}"})"},
        Case{"ANumberBecomesText", {R"({"a":"x"})", R"({"a":5})"}, R"({"a":"5"})"},
        Case{"AnArrayIntoTextIsRefused", {R"({"a":"x"})", R"({"a":[1]})"}, "refused"},
        Case{"TextIntoIntegerIsRead", {R"({"a":1})", R"({"a":"12"})"}, R"({"a":12})"},
        Case{"OtherTextIntoIntegerIsRefused", {R"({"a":1})", R"({"a":"1.5"})"}, "refused"},
        Case{"ATruthIntoIntegerIsRefused", {R"({"a":1})", R"({"a":true})"}, "refused"},
        Case{"ANumberBecomesATruth", {R"({"a":true})", R"({"a":5})"}, R"({"a":true})"},
        Case{"NullFirstThenText", {R"({"a":null})", R"({"a":"x"})"}, R"({"a":"x"})"},
        Case{"AnEmptyObjectFirstThenAScalarIsRefused", {R"({"a":{}})", R"({"a":1})"}, "refused"},
        Case{"AnEmptyArrayThenTextsThenNumbers",
             {R"({"a":[]})", R"({"a":["x"]})", R"({"a":[1]})"},
             R"({"a":["1"]})"},
        Case{"AnEmptyArrayThenAScalarIsRefused", {R"({"a":[]})", R"({"a":1})"}, "refused"},
        Case{"AScalarThenAnArrayIsRefused", {R"({"a":1})", R"({"a":[1]})"}, "refused"},
        Case{"JsonTextIntoAnObjectIsParsed",
             {R"({"a":{"b":1}})", R"({"a":"{\"b\":2}"})"},
             R"({"a":{"b":2}})"},
        Case{"ADotInANameIsRefused", {R"({"a.b":1})"}, "refused"},
        Case{"ABracketInANameIsRefused", {R"({"a[b":1})"}, "refused"},
        Case{"AnEmptyNameIsFine", {R"({"":1})"}, R"({"":1})"},
        Case{"ALongTextIsRefused", {R"({"a":")" + std::string(32'767, 'x') + "\"}"}, "refused"},
        Case{"ANumberAloneBecomesAnEmptyObject", {"3"}, "{}"},
        Case{"BadJsonIsRefused", {"{"}, "refused"}),
    [](const auto& test) { return test.param.name; });

TEST(ObjectModelGrowthTest, OnlyNewsIsGrowth) {
  SubColumns columns;
  EXPECT_TRUE(store_object(R"({"a":[],"b":null})", columns, 990).has_grown);
  EXPECT_FALSE(store_object(R"({"a":[],"b":null})", columns, 990).has_grown);
  EXPECT_TRUE(store_object(R"({"a":["x"]})", columns, 990).has_grown) << "the type of its elements";
  EXPECT_TRUE(store_object(R"({"b":1})", columns, 990).has_grown) << "its type";
  EXPECT_FALSE(store_object(R"({"a":[],"b":2})", columns, 990).has_grown);
}

TEST(ObjectModelLimitTest, ADocumentBeyondTheColumnBudgetBringsNoColumn) {
  SubColumns columns;
  const StoredObject stored = store_object(R"({"a":1,"b":2,"c":3})", columns, 2);
  EXPECT_EQ(stored.fate, StoredObject::Fate::refused);
  EXPECT_TRUE(columns.empty());
}

}  // namespace
}  // namespace relay
