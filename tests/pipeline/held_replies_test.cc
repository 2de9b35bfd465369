#include "pipeline/held_replies.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace relay {
namespace {

constexpr std::size_t kBytes = 1'000;

Reply make_reply() {
  Reply reply;
  reply.buffer = RawBuffer(static_cast<std::uint8_t*>(std::calloc(kBytes, 1)), kBytes, std::free);
  return reply;
}

Clock::TimePoint at(int seconds) {
  return Clock::TimePoint() + std::chrono::seconds(seconds);
}

TEST(HeldRepliesTest, AReplyIsHeldUntilItsLastEventIsInABatch) {
  HeldReplies held;
  held.hold(make_reply(), at(1), 10);
  held.hold(make_reply(), at(2), 20);
  held.forget_up_to(9);
  EXPECT_EQ(held.byte_count(), 2 * kBytes);
  EXPECT_EQ(held.oldest_received(), at(1));
  held.forget_up_to(10);
  EXPECT_EQ(held.byte_count(), kBytes);
  EXPECT_EQ(held.oldest_received(), at(2));
  held.forget_up_to(20);
  EXPECT_TRUE(held.is_empty());
  EXPECT_EQ(held.oldest_received(), std::nullopt);
}

// A target that is away for days, and a source that is busy with other collections meanwhile.
TEST(HeldRepliesTest, AnyNumberOfRepliesForNobodyTakesNoMemory) {
  HeldReplies held;
  held.hold(make_reply(), at(0), 5);
  for (int i = 1; i <= 100'000; ++i)
    held.note_passed(at(i), 5 + static_cast<std::uint64_t>(i));
  EXPECT_EQ(held.count(), 2U);
  EXPECT_EQ(held.byte_count(), kBytes);
  held.forget_up_to(5);
  EXPECT_EQ(held.oldest_received(), at(1));
  held.forget_up_to(100'004);
  EXPECT_FALSE(held.is_empty()) << "the last of them is in no batch yet";
  held.forget_up_to(100'005);
  EXPECT_TRUE(held.is_empty());
}

}  // namespace
}  // namespace relay
