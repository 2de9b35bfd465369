// The other two policies of a table whose collection goes away: `truncate` empties it, `stop` ends
// the relay before anything of it is touched. The default, `keep`, has a test of its own.
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "e2e/collection_events.h"
#include "support/wait_until.h"

namespace relay {
namespace {

std::vector<CollectionEventCase> cases() {
  std::vector<CollectionEventCase> all;
  for (const CollectionEvent& event : collection_events()) {
    const std::string name = event.name;
    if (name != "Drop" && name != "RenameAway" && name != "RenameOnto" && name != "Out" &&
        name != "DropAndInsert")
      continue;
    for (const Moment moment :
         {Moment::while_down, Moment::inside_killed_snapshot, Moment::while_streaming})
      all.push_back({event, moment});
  }
  return all;
}

class DropPoliciesTest : public CollectionEventTest,
                         public testing::WithParamInterface<CollectionEventCase> {
 protected:
  void expect_equal_after_more(RelayProcess& relay) {
    fill("orders", 100'000, 100'010);
    source_.remove("orders", R"({"_id": 100001})");
    EXPECT_TRUE(wait_until_equal()) << relay.log();
    EXPECT_TRUE(wait_until_copied()) << relay.log();
    EXPECT_TRUE(orders_are_equal()) << relay.log();
    relay.terminate();
    EXPECT_EQ(relay.wait(), 0) << relay.log();
  }
};

TEST_P(DropPoliciesTest, TruncateEmptiesTheTable) {
  set_policy("truncate");
  fill_all();
  const std::unique_ptr<RelayProcess> relay = let_happen(GetParam());
  if (GetParam().event.leaves_a_collection) {
    EXPECT_TRUE(wait_until_equal()) << relay->log();
  } else {
    EXPECT_TRUE(wait_until(kPatience, [&] { return row_count() == "0"; })) << relay->log();
  }
  expect_equal_after_more(*relay);
}

TEST_P(DropPoliciesTest, StopTouchesNothing) {
  set_policy("stop");
  fill_all();
  const std::unique_ptr<RelayProcess> relay = let_happen(GetParam());
  EXPECT_EQ(relay->wait(), 3) << relay->log();
  EXPECT_NE(relay->complaint().find(database() + ".orders"), std::string::npos)
      << relay->complaint();
  EXPECT_NE(relay->complaint().find("on_drop"), std::string::npos) << relay->complaint();
  EXPECT_NE(relay->complaint().find("\ntry: "), std::string::npos) << relay->complaint();
  const std::string rows = row_count();
  EXPECT_NE(rows, "0");
  const Ended again = run({"--config", "relay.toml", "cdc-relay"});
  EXPECT_EQ(again.exit_code, 3) << "it is not passed by starting again\n" << again.log;
  EXPECT_EQ(row_count(), rows);

  set_policy("keep");
  const std::unique_ptr<RelayProcess> passes = start_relay();
  expect_equal_after_more(*passes);
}

INSTANTIATE_TEST_SUITE_P(Every, DropPoliciesTest, testing::ValuesIn(cases()), [](const auto& test) {
  return name_of(test.param);
});

}  // namespace
}  // namespace relay
