// What is true of the table of failpoints, in a build that has them.
#include "core/failpoint.h"

#include <set>

#include <gtest/gtest.h>

#include "core/error_policy.h"

namespace relay {
namespace {

TEST(FailpointTest, EveryPointIsInTheTableUnderANameOfItsOwn) {
  std::set<std::string_view> names;
  std::size_t number = 0;
  for (const FailpointInfo& info : all_failpoints()) {
    EXPECT_EQ(static_cast<std::size_t>(info.point), number++) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
  }
  EXPECT_EQ(static_cast<std::size_t>(Failpoint::stop_ended) + 1, number)
      << "an enumerator that is not in the table";
}

TEST(FailpointTest, WhatIsRaisedIsRepeatedOrEndsTheProgramAsItsNameSays) {
  for (const FailpointInfo& info : all_failpoints()) {
    if (knows_action(info.side, FailAction::retryable)) {
      const ErrorKind kind = failpoint_error(info.point, FailAction::retryable).kind;
      EXPECT_EQ(policy_for(kind).action, Action::retry) << info.name;
    }
    if (knows_action(info.side, FailAction::fatal)) {
      const ErrorKind kind = failpoint_error(info.point, FailAction::fatal).kind;
      EXPECT_EQ(policy_for(kind).action, Action::stop) << info.name;
      EXPECT_NE(policy_for(kind).exit, ExitCode::bug) << info.name;
    }
  }
}

TEST(FailpointTest, NothingHappensWithoutBeingAskedFor) {
  for (const FailpointInfo& info : all_failpoints())
    EXPECT_FALSE(reach(info.point)) << info.name;
}

}  // namespace
}  // namespace relay
