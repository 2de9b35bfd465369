#include "decode/object_columns.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(ObjectColumnsTest, WhatTheCatalogueListsIsKnown) {
  ObjectColumns columns({{.column = "data", .path = {"a"}, .type = "object"},
                         {.column = "data", .path = {"a", "b"}, .type = "text_array"},
                         {.column = "data", .path = {"c"}, .type = "integer"}});
  ObjectNode* const a = columns.column("data").find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->type, ObjectType::object);
  ASSERT_NE(a->find("b"), nullptr);
  EXPECT_TRUE(a->find("b")->is_array);
  EXPECT_EQ(a->find("b")->type, ObjectType::text);
  EXPECT_EQ(columns.column("data").find("c")->type, ObjectType::other);
  EXPECT_EQ(columns.count(), 3U);
}

TEST(ObjectColumnsTest, WhatIsTakenBackIsAsBefore) {
  ObjectColumns columns({});
  const std::size_t mark = columns.mark();
  ObjectNode* const a = columns.find_or_add(columns.column("data"), "a");
  ASSERT_TRUE(columns.settle(*a, ObjectType::undefined, true));
  ASSERT_TRUE(columns.settle(*a, ObjectType::text, true));
  columns.undo(mark);
  EXPECT_FALSE(a->exists);
  EXPECT_EQ(columns.count(), 0U);
}

TEST(ObjectColumnsTest, TheFirstRowWithASubColumnBringsIt) {
  ObjectColumns columns({});
  ObjectNode* const a = columns.find_or_add(columns.column("data"), "a");
  ASSERT_TRUE(columns.settle(*a, ObjectType::undefined, false));
  columns.discard_row();
  EXPECT_FALSE(columns.end_row());
  ASSERT_TRUE(columns.settle(*a, ObjectType::undefined, false));
  EXPECT_TRUE(columns.end_row()) << "the row before became none";
  ASSERT_TRUE(columns.settle(*a, ObjectType::undefined, false));
  EXPECT_FALSE(columns.end_row());
  ASSERT_TRUE(columns.settle(*a, ObjectType::text, false));
  EXPECT_TRUE(columns.end_row()) << "a type is news too";
  columns.discard_batch();
  EXPECT_EQ(columns.count(), 0U);
  ASSERT_TRUE(columns.settle(*a, ObjectType::text, false));
  EXPECT_TRUE(columns.end_row()) << "the batch is made again";
  columns.end_batch();
  columns.discard_batch();
  EXPECT_EQ(columns.count(), 1U) << "its rows are on their way";
}

// Also when every document has names of its own.
TEST(ObjectColumnsTest, ColumnsAndMemoryHaveABudget) {
  ObjectColumns columns({});
  std::size_t settled = 0;
  for (int i = 0; i < 20'000; ++i) {
    ObjectNode* const node = columns.find_or_add(columns.column("data"), std::to_string(i));
    if (node == nullptr) continue;
    if (columns.settle(*node, ObjectType::bigint, false)) ++settled;
  }
  EXPECT_EQ(settled, ObjectColumns::kTableColumnsMax - ObjectColumns::kReserved);
  EXPECT_EQ(columns.find_or_add(columns.column("data"), "one more"), nullptr);
  EXPECT_NE(columns.find_or_add(columns.column("data"), "7"), nullptr);
}

TEST(ObjectColumnsTest, NamesThatCratedbOrItsCatalogueCannotHaveAreNoColumns) {
  for (const char* name : {"a.b", "a[b", "a\tb", "a\nb", "it's", "\x7f"})
    EXPECT_FALSE(is_sub_column_name(name)) << name;
  for (const char* name : {"", "_id", "$a", " ", "a]b", "\"", "\xF0\x9F\x98\x80"})
    EXPECT_TRUE(is_sub_column_name(name)) << name;
}

}  // namespace
}  // namespace relay
