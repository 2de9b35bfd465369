#include "core/error_policy.h"

#include <set>
#include <string_view>

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr int kKindCount = static_cast<int>(ErrorKind::internal) + 1;

TEST(ErrorPolicyTest, EveryKindHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int i = 0; i < kKindCount; ++i)
    names.insert(format_kind(static_cast<ErrorKind>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(kKindCount));
  EXPECT_FALSE(names.contains("?"));
}

TEST(ErrorPolicyTest, OnlyAStopOnRequestExitsWithZero) {
  for (int i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    EXPECT_EQ(policy_for(kind).exit == ExitCode::done, kind == ErrorKind::stopped)
        << format_kind(kind);
  }
}

// Kinds that are never shown as the error that ends the program: they are dealt with before.
TEST(ErrorPolicyTest, WhateverEndsTheProgramComesWithSomethingToTry) {
  for (int i = 0; i < kKindCount; ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    const Policy policy = policy_for(kind);
    if (policy.action == Action::isolate_row || policy.action == Action::reopen_at_time ||
        kind == ErrorKind::sink_in_doubt || kind == ErrorKind::stopped)
      continue;
    EXPECT_FALSE(policy.hint.empty()) << format_kind(kind);
  }
}

TEST(ErrorPolicyTest, ALostPositionIsNeverRetriedNorSkipped) {
  EXPECT_EQ(policy_for(ErrorKind::position_lost).action, Action::resnapshot);
  EXPECT_EQ(policy_for(ErrorKind::position_lost).exit, ExitCode::source);
}

TEST(ErrorPolicyTest, AnUnclassifiedAnswerIsRetriedAFewTimesAndThenStops) {
  EXPECT_EQ(policy_for(ErrorKind::source_unknown).action, Action::retry_few);
  EXPECT_EQ(policy_for(ErrorKind::sink_unknown).action, Action::retry_few);
}

TEST(ErrorPolicyTest, AServerThatStartsIsWaitedForAndATableThatIsGoneStops) {
  EXPECT_EQ(policy_for(ErrorKind::sink_starting).action, Action::retry_start);
  EXPECT_EQ(policy_for(ErrorKind::sink_starting).exit, ExitCode::target);
}

}  // namespace
}  // namespace relay
