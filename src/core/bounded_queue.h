// BoundedQueue: items between two threads, bounded by the weight of what is in it (usually bytes).
//
// An item is admitted while the weight inside is below the limit, so one item of any weight always
// fits into an empty queue, and the queue exceeds its limit by at most one item.
// close(): no more input, drain what is there. A requested stop: leave now.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace relay {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t weight_max) : weight_max_(weight_max) {}

  // Waits for room. False when told to stop or closed: the item is untouched then.
  bool push(T& item, std::size_t weight, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return is_closed_ || has_room_locked(); });
    if (is_closed_ || !has_room_locked()) return false;
    put_locked(item, weight);
    return true;
  }

  // False, with the item untouched, when there is no room or the queue is closed.
  bool try_push(T& item, std::size_t weight) {
    std::unique_lock lock(mutex_);
    if (is_closed_ || !has_room_locked()) return false;
    put_locked(item, weight);
    return true;
  }

  // Waits for an item. nullopt: told to stop, or closed and empty.
  std::optional<T> pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return is_closed_ || !items_.empty(); });
    return take_locked();
  }

  // As pop, but gives up after the duration.
  std::optional<T> pop_for(std::chrono::steady_clock::duration duration, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, duration, [this] { return is_closed_ || !items_.empty(); });
    return take_locked();
  }

  std::optional<T> try_pop() {
    std::unique_lock lock(mutex_);
    return take_locked();
  }

  void close() {
    std::unique_lock lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }

  // True once closed and emptied: nothing will ever come out again.
  bool is_finished() const {
    std::unique_lock lock(mutex_);
    return is_closed_ && items_.empty();
  }

  bool has_room() const {
    std::unique_lock lock(mutex_);
    return has_room_locked();
  }

  bool is_empty() const {
    std::unique_lock lock(mutex_);
    return items_.empty();
  }

  std::size_t weight() const {
    std::unique_lock lock(mutex_);
    return weight_;
  }

 private:
  bool has_room_locked() const { return items_.empty() || weight_ < weight_max_; }

  void put_locked(T& item, std::size_t weight) {
    items_.emplace_back(std::move(item), weight);
    weight_ += weight;
    changed_.notify_all();
  }

  std::optional<T> take_locked() {
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front().first));
    weight_ -= items_.front().second;
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  const std::size_t weight_max_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t weight_ = 0;
  bool is_closed_ = false;
};

}  // namespace relay
