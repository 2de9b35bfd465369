#include "core/bounded_queue.h"

#include <memory>
#include <thread>

#include <gtest/gtest.h>

namespace relay {
namespace {

using Item = std::unique_ptr<int>;

Item item(int value) {
  return std::make_unique<int>(value);
}

TEST(BoundedQueueTest, KeepsTheOrder) {
  Doorbell bell;
  BoundedQueue<Item> queue(100, bell);
  for (int i = 0; i < 3; ++i) {
    Item next = item(i);
    ASSERT_TRUE(queue.try_push(next, 1));
  }
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(**queue.try_pop(), i);
  EXPECT_FALSE(queue.try_pop().has_value());
}

TEST(BoundedQueueTest, ExceedsItsLimitByAtMostOneItem) {
  Doorbell bell;
  BoundedQueue<Item> queue(10, bell);
  Item huge = item(1);
  EXPECT_TRUE(queue.try_push(huge, 1'000)) << "an empty queue takes an item of any weight";
  Item next = item(2);
  EXPECT_FALSE(queue.try_push(next, 1));
  ASSERT_NE(next, nullptr) << "a refused item stays with its owner";
  queue.try_pop();
  EXPECT_TRUE(queue.try_push(next, 1));
  EXPECT_EQ(queue.weight(), 1U);
}

TEST(BoundedQueueTest, ItemsWithoutWeightDoNotPileUp) {
  Doorbell bell;
  BoundedQueue<Item> queue(1, bell);
  Item first = item(1);
  ASSERT_TRUE(queue.try_push(first, 0));
  Item next = item(2);
  EXPECT_FALSE(queue.has_room());
  EXPECT_FALSE(queue.try_push(next, 0));
  EXPECT_EQ(queue.size(), 1U);
  queue.try_pop();
  EXPECT_EQ(queue.weight(), 0U);
}

TEST(BoundedQueueTest, ClosingDrainsWhatIsInside) {
  Doorbell bell;
  BoundedQueue<Item> queue(10, bell);
  Item first = item(1);
  ASSERT_TRUE(queue.try_push(first, 1));
  queue.close();
  Item late = item(2);
  EXPECT_FALSE(queue.try_push(late, 1));
  EXPECT_FALSE(queue.is_finished());
  EXPECT_TRUE(queue.try_pop().has_value());
  EXPECT_TRUE(queue.is_finished());
}

TEST(BoundedQueueTest, EveryChangeRingsTheBell) {
  Doorbell bell;
  BoundedQueue<Item> queue(10, bell);
  Item first = item(1);
  queue.try_push(first, 1);
  EXPECT_EQ(bell.rings(), 1U);
  queue.try_pop();
  EXPECT_EQ(bell.rings(), 2U);
  queue.close();
  EXPECT_EQ(bell.rings(), 3U);
}

TEST(DoorbellTest, ARingBeforeTheWaitIsNotLost) {
  Doorbell bell;
  const std::uint64_t seen = bell.rings();
  bell.ring();
  bell.wait(seen, std::chrono::hours(1), {});
  EXPECT_NE(bell.rings(), seen);
}

TEST(DoorbellTest, WakesAWaiterOfAnotherThread) {
  Doorbell bell;
  const std::uint64_t seen = bell.rings();
  std::jthread waiter([&] { bell.wait(seen, std::chrono::hours(1), {}); });
  bell.ring();
  waiter.join();
}

TEST(DoorbellTest, AStopRequestEndsTheWait) {
  Doorbell bell;
  std::stop_source stop;
  std::jthread waiter([&] { bell.wait(bell.rings(), std::chrono::hours(1), stop.get_token()); });
  stop.request_stop();
  waiter.join();
}

}  // namespace
}  // namespace relay
