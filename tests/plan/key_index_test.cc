#include "plan/key_index.h"

#include <map>

#include <gtest/gtest.h>

namespace relay {
namespace {

PlannedWrite write(const TableMapping& table, std::string key) {
  PlannedWrite made;
  made.table = &table;
  made.key = std::move(key);
  return made;
}

TEST(KeyIndexTest, OnlyTheLastWriteOfAKeySurvives) {
  const TableMapping orders;
  const TableMapping audit;
  const std::vector<PlannedWrite> writes = {write(orders, "a"),
                                            write(orders, "b"),
                                            write(audit, "a"),
                                            write(orders, "a"),
                                            write(orders, "c")};
  const KeyIndex index(writes);
  EXPECT_EQ(index.survivors(), (std::vector<std::size_t>{1, 2, 3, 4}));
  EXPECT_EQ(index.find(&orders, "a"), 3U);
  EXPECT_EQ(index.find(&audit, "a"), 2U) << "the same key in another table is another row";
  EXPECT_EQ(index.find(&audit, "b"), std::nullopt);
}

TEST(KeyIndexTest, NothingSurvivesOfNothing) {
  const KeyIndex index({});
  EXPECT_TRUE(index.survivors().empty());
  EXPECT_EQ(index.find(nullptr, "a"), std::nullopt);
}

// Against the obvious implementation, with keys that collide often.
TEST(KeyIndexTest, AgreesWithAMap) {
  const TableMapping table;
  std::vector<PlannedWrite> writes;
  std::map<std::string, std::size_t> last;
  std::uint64_t random = 42;
  for (std::size_t i = 0; i < 5'000; ++i) {
    random = random * 6364136223846793005U + 1442695040888963407U;
    std::string key = std::to_string((random >> 33U) % 700);
    last[key] = i;
    writes.push_back(write(table, std::move(key)));
  }
  const KeyIndex index(writes);
  EXPECT_EQ(index.survivors().size(), last.size());
  for (const auto& [key, at] : last)
    EXPECT_EQ(index.find(&table, key), at);
}

}  // namespace
}  // namespace relay
