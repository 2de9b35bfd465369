// Where a stream begins, and that a run with --once ends.
#include <gtest/gtest.h>

#include "e2e/real_servers.h"

namespace relay {
namespace {

class StartTest : public RealServersTest {};

TEST_F(StartTest, OnceFromATimeCatchesUpAndEnds) {
  insert(0, 500);
  source_.remove("orders", R"({"_id": {"$lt": 10}})");
  const Ended first = run(once_command());
  EXPECT_EQ(first.exit_code, 0) << first.log;
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "490");
}

TEST_F(StartTest, OnceGoesOnWhereTheLastRunEnded) {
  insert(0, 100);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  // What is gone from the table now stays gone: it lies before the stored position.
  target_.run("DELETE FROM sales.orders WHERE oid = '5'");
  insert(100, 200);
  source_.update("orders", R"({"_id": 50})", R"({"$set": {"number": 51}})");
  const Ended second = run(once_command());
  EXPECT_EQ(second.exit_code, 0) << second.log;
  EXPECT_EQ(target_.cell("SELECT count(*) FROM sales.orders WHERE oid = '5'"), "0");
  insert(5'000);
  source_.remove("orders", R"({"_id": 5})");
  ASSERT_EQ(run(once_command()).exit_code, 0);
  EXPECT_TRUE(orders_are_equal());
  EXPECT_EQ(row_count(), "200");
}

TEST_F(StartTest, OnceWithNothingNewEndsToo) {
  insert(1);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  const Ended again = run(once_command());
  EXPECT_EQ(again.exit_code, 0) << again.log;
  EXPECT_TRUE(orders_are_equal());
}

// The state file is a copy: the target says where its rows are.
TEST_F(StartTest, ALostStateFileLosesNothing) {
  insert(0, 50);
  ASSERT_EQ(run(once_command()).exit_code, 0);
  for (const auto& file : std::filesystem::directory_iterator(directory_.path()))
    std::filesystem::remove_all(file.path());
  target_.run("DELETE FROM sales.orders WHERE oid = '5'");
  insert(50, 100);
  const Ended second = run(once_command());
  EXPECT_EQ(second.exit_code, 0) << second.log;
  EXPECT_EQ(row_count(), "99") << "read again from the beginning";
}

TEST_F(StartTest, NowLeavesOutWhatWasBefore) {
  insert(0, 20);
  const auto relay = start_streaming({"--set", "stream.start=now"});
  insert(20, 30);
  ASSERT_TRUE(wait_for_row("29")) << relay->log();
  EXPECT_EQ(row_count(), "10");
  EXPECT_EQ(target_.cell("SELECT min(oid) FROM sales.orders"), "20");
}

}  // namespace
}  // namespace relay
