// The judge of the kill tests has to be able to say no.
#include "e2e/position_check.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr auto kWhole = RecordedKind::whole;
constexpr auto kUpdate = RecordedKind::update;
constexpr auto kRemoval = RecordedKind::removal;

std::vector<std::string> judge(const std::vector<RecordedEvent>& events,
                               const std::string& position,
                               const SequenceByKey& rows) {
  return find_violations({{1, events}}, position, rows);
}

TEST(PositionCheckTest, TheVersionOfThePositionIsRight) {
  const std::vector<RecordedEvent> events = {
      {"10", kWhole, 1}, {"20", kUpdate, 2}, {"30", kRemoval, 3}};
  EXPECT_TRUE(judge(events, "05", {}).empty());
  EXPECT_TRUE(judge(events, "10", {{1, 1}}).empty());
  EXPECT_TRUE(judge(events, "25", {{1, 2}}).empty());
  EXPECT_TRUE(judge(events, "30", {}).empty());
}

TEST(PositionCheckTest, ARowThatIsMissingOrOldIsAViolation) {
  const std::vector<RecordedEvent> events = {{"10", kWhole, 1}, {"20", kUpdate, 2}};
  EXPECT_EQ(judge(events, "10", {}), std::vector<std::string>{"key 1: lost"});
  EXPECT_EQ(judge(events, "20", {}), std::vector<std::string>{"key 1: lost"});
  EXPECT_EQ(judge(events, "20", {{1, 1}}),
            std::vector<std::string>{"key 1: older than the position"});
}

TEST(PositionCheckTest, ADeletedRowMustStayAway) {
  const std::vector<RecordedEvent> events = {
      {"10", kWhole, 1}, {"20", kRemoval, 2}, {"30", kWhole, 3}};
  EXPECT_EQ(judge(events, "20", {{1, 1}}), std::vector<std::string>{"key 1: deleted, and back"});
  EXPECT_EQ(judge(events, "20", {{1, 3}}), std::vector<std::string>{"key 1: deleted, and back"});
}

TEST(PositionCheckTest, OnlyALookedUpRowMayBeNewerOrGone) {
  const std::vector<RecordedEvent> events = {
      {"10", kWhole, 1}, {"20", kUpdate, 2}, {"30", kUpdate, 3}, {"40", kRemoval, 4}};
  EXPECT_TRUE(judge(events, "20", {{1, 3}}).empty());
  EXPECT_TRUE(judge(events, "20", {}).empty());
  EXPECT_FALSE(judge(events, "10", {{1, 2}}).empty());
  EXPECT_FALSE(judge(events, "10", {}).empty());
  EXPECT_FALSE(judge(events, "20", {{1, 9}}).empty());
}

// Where the position follows the rows, a row of any later moment is right, and one of an earlier is
// not.
TEST(PositionCheckTest, ALossIsWhatNoMomentBehindThePositionHad) {
  const std::vector<RecordedEvent> events = {
      {"10", kWhole, 1}, {"20", kRemoval, 2}, {"30", kWhole, 3}, {"40", kUpdate, 4}};
  const auto losses = [&](const std::string& position, const SequenceByKey& rows) {
    return find_losses({{1, events}}, position, rows);
  };
  for (const SequenceByKey& rows : {SequenceByKey{}, {{1, 1}}, {{1, 3}}, {{1, 4}}})
    EXPECT_TRUE(losses("05", rows).empty());
  EXPECT_TRUE(losses("20", {}).empty());
  EXPECT_TRUE(losses("20", {{1, 4}}).empty());
  EXPECT_EQ(losses("20", {{1, 1}}),
            std::vector<std::string>{"key 1: of no moment from the position on"});
  EXPECT_EQ(losses("30", {}), std::vector<std::string>{"key 1: lost"});
  EXPECT_TRUE(losses("30", {{1, 3}}).empty());
  EXPECT_FALSE(losses("40", {{1, 3}}).empty());
  EXPECT_FALSE(losses("40", {{1, 4}, {2, 1}}).empty());
}

TEST(PositionCheckTest, RowsFromNowhereAreViolations) {
  EXPECT_FALSE(judge({{"10", kWhole, 1}}, "10", {{1, 1}, {2, 1}}).empty());
  EXPECT_FALSE(judge({{"10", kWhole, 1}}, "05", {{1, 1}}).empty());
}

}  // namespace
}  // namespace relay
