#include "decode/path_tree.h"

#include <gtest/gtest.h>

#include "decode/bson_builder.h"

namespace relay {
namespace {

ColumnMapping column(FieldPath path) {
  return {.name = "c", .path = std::move(path)};
}

// Names of every length around the words that hashes are made of.
TEST(PathTreeTest, FindsNamesOfAnyLength) {
  std::vector<ColumnMapping> columns;
  for (std::size_t size = 0; size <= 40; ++size)
    columns.push_back(column({std::string(size, 'n')}));
  const PathTree tree(columns, {});
  for (std::size_t size = 0; size <= 41; ++size) {
    const std::string name(size, 'n');
    const Bytes bytes = BsonBuilder().null(name).bytes();
    BsonReader reader;
    BsonElement element;
    ASSERT_TRUE(reader.open(bytes));
    ASSERT_EQ(reader.next(element), BsonReader::Step::element);
    EXPECT_EQ(element.name_hash, hash_element_name(name));
    const PathNode* const found = tree.root().find(element);
    EXPECT_EQ(tree.root().find(name), found);
    if (size > 40) {
      EXPECT_EQ(found, nullptr);
    } else {
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(found->columns(), std::vector<std::size_t>{size});
    }
  }
}

TEST(PathTreeTest, NodesSayWhatIsBelowThem) {
  const PathTree tree({column({"a", "b"}), column({"a", "b"}), column({"a"})},
                      {{"a", "x", "y"}, {"z"}});
  const PathNode& root = tree.root();
  EXPECT_TRUE(root.has_columns_below() && root.has_exclusions_below());
  const PathNode& a = *root.find("a");
  EXPECT_EQ(a.columns(), std::vector<std::size_t>{2});
  EXPECT_TRUE(a.has_columns_below() && a.has_exclusions_below() && !a.is_excluded());
  const PathNode& b = *a.find("b");
  EXPECT_EQ(b.columns(), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(!b.has_columns_below() && !b.has_exclusions_below());
  EXPECT_TRUE(a.find("x")->find("y")->is_excluded());
  EXPECT_FALSE(a.find("x")->is_excluded());
  EXPECT_TRUE(root.find("z")->is_excluded());
  EXPECT_EQ(b.find("c"), nullptr);
  EXPECT_EQ(root.find("b"), nullptr);
}

TEST(PathTreeTest, AnEmptyTreeFindsNothing) {
  const PathTree tree({}, {});
  EXPECT_EQ(tree.root().find("a"), nullptr);
  EXPECT_FALSE(tree.root().has_columns_below() || tree.root().has_exclusions_below());
}

}  // namespace
}  // namespace relay
