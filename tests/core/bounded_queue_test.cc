#include "core/bounded_queue.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace relay {
namespace {

using Item = std::unique_ptr<int>;

Item item(int value) {
  return std::make_unique<int>(value);
}

TEST(BoundedQueueTest, KeepsTheOrder) {
  BoundedQueue<Item> queue(100);
  for (int i = 0; i < 3; ++i) {
    Item next = item(i);
    ASSERT_TRUE(queue.try_push(next, 1));
  }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(**queue.try_pop(), i);
  EXPECT_FALSE(queue.try_pop().has_value());
}

TEST(BoundedQueueTest, ExceedsItsLimitByAtMostOneItem) {
  BoundedQueue<Item> queue(10);
  Item huge = item(1);
  EXPECT_TRUE(queue.try_push(huge, 1'000)) << "an empty queue takes an item of any weight";
  Item next = item(2);
  EXPECT_FALSE(queue.try_push(next, 1));
  ASSERT_NE(next, nullptr) << "a refused item stays with its owner";
  queue.try_pop();
  EXPECT_TRUE(queue.try_push(next, 1));
  EXPECT_EQ(queue.weight(), 1U);
}

TEST(BoundedQueueTest, AStopRequestEndsAWaitingPushAndLeavesTheItem) {
  BoundedQueue<Item> queue(1);
  Item first = item(1);
  ASSERT_TRUE(queue.try_push(first, 1));
  Item second = item(2);
  bool pushed = true;
  std::stop_source stop;
  std::jthread waiter([&] { pushed = queue.push(second, 1, stop.get_token()); });
  stop.request_stop();
  waiter.join();
  EXPECT_FALSE(pushed);
  EXPECT_NE(second, nullptr);
}

TEST(BoundedQueueTest, ClosingDrainsWhatIsInside) {
  BoundedQueue<Item> queue(10);
  Item first = item(1);
  ASSERT_TRUE(queue.try_push(first, 1));
  queue.close();
  Item late = item(2);
  EXPECT_FALSE(queue.try_push(late, 1));
  EXPECT_FALSE(queue.is_finished());
  EXPECT_TRUE(queue.pop({}).has_value());
  EXPECT_FALSE(queue.pop({}).has_value());
  EXPECT_TRUE(queue.is_finished());
}

TEST(BoundedQueueTest, AWaitingPopGetsWhatAnotherThreadPushes) {
  BoundedQueue<Item> queue(10);
  std::optional<Item> got;
  std::jthread waiter([&] { got = queue.pop({}); });
  Item sent = item(7);
  ASSERT_TRUE(queue.push(sent, 1, {}));
  waiter.join();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(**got, 7);
}

}  // namespace
}  // namespace relay
