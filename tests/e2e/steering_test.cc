// What people tell a running relay: to copy a table again, to pause, to go on.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/kill_fixture.h"
#include "support/free_port.h"
#include "support/wait_until.h"

namespace relay {
namespace {

class SteeringTest : public KillTest {
 protected:
  SteeringTest() : listen_("http.listen=127.0.0.1:" + std::to_string(pick_free_port())) {}

  std::unique_ptr<RelayProcess> start_listening() {
    return start_streaming({"--set", listen_, "--set", "snapshot.chunk_rows=100"});
  }
  Ended tell(const Arguments& words) {
    Arguments all{"--set", listen_};
    all.insert(all.end(), words.begin(), words.end());
    return run(all);
  }

  std::string listen_;
};

// Behind the relay's back the table has lost rows, got others, and has some that are wrong. The
// collection is written to all the time.
TEST_F(SteeringTest, ATableIsCopiedAgainWhileItIsWrittenTo) {
  insert(10'000, 14'000);
  const auto relay = start_listening();
  ASSERT_TRUE(wait_until_copied()) << relay->log();
  target_.run(
      "DELETE FROM sales.orders WHERE oid LIKE '1%7';"
      "UPDATE sales.orders SET data = '{}' WHERE oid LIKE '1%3'");
  std::vector<std::string> strangers{R"({"$minKey":1})",
                                     "true",
                                     "null",
                                     "gone",
                                     "\"12\"",
                                     "507f191e810c19729de860ea",
                                     "1.5",
                                     R"({"a":1})"};
  for (int key = 20'000; key < 25'000; ++key)
    strangers.push_back(std::to_string(key));
  target_.fill_mirror("sales.orders", strangers);
  WriterPlan writing = plan(mongo().uri());
  VersionWriters writers(writing);
  const Ended asked = tell({"snapshot", "sales.orders"});
  EXPECT_EQ(asked.exit_code, 0) << asked.log;
  EXPECT_TRUE(relay->wait_for_log("snapshot finished table=sales.orders", 2)) << relay->log();
  writers.stop();
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

TEST_F(SteeringTest, AnUnknownTableIsSaid) {
  const auto relay = start_listening();
  const Ended asked = tell({"snapshot", "sales.nothing"});
  EXPECT_EQ(asked.exit_code, 2) << asked.log;
  EXPECT_NE(asked.complaint.find("sales.nothing"), std::string::npos) << asked.complaint;
  EXPECT_NE(asked.complaint.find("\ntry: "), std::string::npos) << asked.complaint;
}

TEST_F(SteeringTest, NothingIsAppliedWhileItIsPaused) {
  const auto relay = start_listening();
  insert(1);
  ASSERT_TRUE(wait_for_row("1")) << relay->log();
  EXPECT_EQ(tell({"pause"}).exit_code, 0);
  EXPECT_TRUE(relay->wait_for_log("paused")) << relay->log();
  const std::string before = stored_token();
  insert(2);
  EXPECT_EQ(tell({"status"}).exit_code, 0);
  EXPECT_EQ(row_count(), "1");
  EXPECT_EQ(stored_token(), before);
  EXPECT_EQ(tell({"resume"}).exit_code, 0);
  EXPECT_TRUE(wait_for_row("2")) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
}

}  // namespace
}  // namespace relay
