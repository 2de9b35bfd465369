// Whatever happens to a whole collection and whenever it comes: rows of a collection that is gone
// stay, and once there is a collection of that name the table equals it.
#include "e2e/collection_events.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/wait_until.h"

namespace relay {
namespace {

std::vector<CollectionEventCase> cases() {
  std::vector<CollectionEventCase> all;
  for (const CollectionEvent& event : collection_events()) {
    for (const Moment moment : {Moment::while_down,
                                Moment::inside_snapshot,
                                Moment::inside_killed_snapshot,
                                Moment::while_streaming})
      all.push_back({event, moment});
  }
  return all;
}

class CollectionEventsTest : public CollectionEventTest,
                             public testing::WithParamInterface<CollectionEventCase> {};

TEST_P(CollectionEventsTest, EndsWithTheTableEqual) {
  set_policy("keep");
  fill_all();
  const std::unique_ptr<RelayProcess> relay = let_happen(GetParam());
  if (GetParam().event.leaves_a_collection) {
    EXPECT_TRUE(wait_until_equal()) << relay->log();
  } else {
    EXPECT_TRUE(wait_until(kPatience, [&] {
      return target_.list("SELECT DISTINCT state FROM relay.snapshot") == "dropped";
    })) << relay->log();
    EXPECT_NE(row_count(), "0") << "its rows stay";
  }
  fill("orders", 100'000, 100'010);
  source_.remove("orders", R"({"_id": 100001})");
  EXPECT_TRUE(wait_until_equal()) << relay->log();
  EXPECT_TRUE(wait_until_copied()) << relay->log();
  EXPECT_TRUE(orders_are_equal()) << relay->log();
  relay->terminate();
  EXPECT_EQ(relay->wait(), 0) << relay->log();
  EXPECT_EQ(target_.cell("SELECT count(*) FROM relay.dead_letter"), "0");
}

INSTANTIATE_TEST_SUITE_P(Every,
                         CollectionEventsTest,
                         testing::ValuesIn(cases()),
                         [](const auto& test) { return name_of(test.param); });

}  // namespace
}  // namespace relay
