#include "pipeline/large_event_walk.h"

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr auto kStays = LargeEventWalk::Move::stays;
constexpr auto kMoves = LargeEventWalk::Move::moves;

TEST(LargeEventWalkTest, ItNarrowsDownToTheEventAndGoesOnBehindIt) {
  LargeEventWalk walk;
  EXPECT_EQ(walk.form(), ReplyForm::many);
  EXPECT_FALSE(walk.on_reply(2'000, kMoves));
  EXPECT_TRUE(walk.on_too_large());
  EXPECT_EQ(walk.form(), ReplyForm::single);
  EXPECT_FALSE(walk.on_reply(1, kMoves)) << "one of those before it";
  EXPECT_TRUE(walk.on_too_large());
  EXPECT_EQ(walk.form(), ReplyForm::unsplit);
  EXPECT_TRUE(walk.on_too_large());
  EXPECT_EQ(walk.form(), ReplyForm::bare);
  EXPECT_FALSE(walk.on_reply(0, kMoves)) << "it has not come yet";
  EXPECT_TRUE(walk.on_reply(1, kMoves));
  EXPECT_EQ(walk.form(), ReplyForm::many);
}

TEST(LargeEventWalkTest, WhatIsTooLargeWithoutItsDocumentsCannotBePassed) {
  LargeEventWalk walk;
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(walk.on_too_large());
  EXPECT_FALSE(walk.on_too_large());
  EXPECT_EQ(walk.form(), ReplyForm::bare) << "a later attempt does not pass by it either";
}

// The stream cannot begin behind it with fragments, while the next event is nothing special.
TEST(LargeEventWalkTest, WhatComesBehindALargeEventIsTakenWhole) {
  LargeEventWalk walk;
  for (const std::size_t event_count : {1U, 0U}) {
    walk.on_too_large();
    walk.on_too_large();
    EXPECT_EQ(walk.form(), ReplyForm::unsplit);
    EXPECT_FALSE(walk.on_reply(0, kStays));
    EXPECT_TRUE(walk.on_reply(event_count, kMoves));
    EXPECT_EQ(walk.form(), ReplyForm::many);
  }
}

TEST(LargeEventWalkTest, AWalkThatMeetsNothingEnds) {
  LargeEventWalk walk;
  walk.on_too_large();
  EXPECT_TRUE(walk.on_reply(0, kMoves)) << "nothing is left";
  EXPECT_EQ(walk.form(), ReplyForm::many);
  for (int round = 0; round < 2; ++round) {
    walk.on_too_large();
    for (std::size_t i = 1; i < LargeEventWalk::kSinglesMax; ++i)
      ASSERT_FALSE(walk.on_reply(1, kMoves)) << i;
    EXPECT_TRUE(walk.on_reply(1, kMoves));
    EXPECT_EQ(walk.form(), ReplyForm::many);
  }
}

}  // namespace
}  // namespace relay
