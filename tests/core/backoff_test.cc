#include "core/backoff.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

TEST(BackoffTest, GrowsToTheMaximumAndStaysWithinHalfOfEachStep) {
  Backoff backoff(42);
  std::int64_t whole = Backoff::kDelayMin.count();
  for (int i = 0; i < 20; ++i) {
    const std::int64_t delay = backoff.next().count();
    EXPECT_GE(delay, whole / 2) << i;
    EXPECT_LE(delay, whole) << i;
    whole = std::min(whole * 2, Backoff::kDelayMax.count());
  }
  EXPECT_EQ(backoff.attempts(), 20);
}

TEST(BackoffTest, SuccessBeginsAgainAtTheShortestDelay) {
  Backoff backoff(7);
  for (int i = 0; i < 10; ++i)
    backoff.next();
  backoff.reset();
  EXPECT_EQ(backoff.attempts(), 0);
  EXPECT_LE(backoff.next(), Backoff::kDelayMin);
}

}  // namespace
}  // namespace relay
