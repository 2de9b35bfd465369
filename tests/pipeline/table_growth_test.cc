#include "pipeline/table_growth.h"

#include "pipeline/stage_fixture.h"

namespace relay {
namespace {

class TableGrowthTest : public StageFixture {
 protected:
  void write_users(int count) {
    for (int i = 0; i < count; ++i)
      world.oplog.write("users", i % 8, OperationType::insert);
  }
  std::vector<std::string> added() {
    std::vector<std::string> names;
    for (const ColumnMapping& column : world.target.added_columns["shop.users"])
      names.push_back(column.name);
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(TableGrowthTest, AColumnComesWithTheBatchOfItsFirstRow) {
  std::vector<std::size_t> additions;
  world.target.on_commit = [&](const Batch& batch) {
    for (const TableAction& action : batch.actions)
      additions.push_back(action.table->columns.size() - action.before->columns.size());
  };
  world.start(from_the_beginning());
  write_users(20);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(added(), Names{"seq"});
  write_users(40);
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(added(), (Names{"seq", "extra"}));
  EXPECT_EQ(additions, (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(world.difference(), "");
}

// Not from the state file: from the table, and before the first row.
TEST_F(TableGrowthTest, ARestartReadsTheColumnsBack) {
  world.start(from_the_beginning());
  write_users(60);
  run_to_rest();
  ASSERT_EQ(added(), (Names{"seq", "extra"}));
  world.crash();
  std::size_t actions = 0;
  world.target.on_commit = [&](const Batch& batch) { actions += batch.actions.size(); };
  write_users(20);
  world.start(from_the_beginning());
  ASSERT_TRUE(world.settle());
  EXPECT_EQ(world.difference(), "") << "also of rows whose field has gone";
  EXPECT_EQ(actions, 0U);
}

TEST_F(TableGrowthTest, ATargetThatIsAwayIsAskedAgain) {
  world.target_fault_every = 2;
  world.start(from_the_beginning());
  write_users(60);
  run_to_rest();
}

}  // namespace
}  // namespace relay
