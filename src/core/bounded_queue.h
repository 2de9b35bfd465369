// BoundedQueue: items between two threads, bounded by the weight of what is in it (usually bytes).
//
// An item is admitted while the weight inside is below the limit, so one item of any weight always
// fits into an empty queue, and the queue exceeds its limit by at most one item. No item weighs
// less than 1: those that carry nothing but a position would pile up otherwise. Nothing here
// blocks: a thread that finds no room or no item waits at the doorbell, which every change rings.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "core/doorbell.h"

namespace relay {

template <class T>
class BoundedQueue {
 public:
  // `bell` outlives the queue.
  BoundedQueue(std::size_t weight_max, Doorbell& bell) : weight_max_(weight_max), bell_(bell) {}

  // False, with the item untouched, when there is no room or the queue is closed.
  bool try_push(T& item, std::size_t weight) {
    {
      std::scoped_lock lock(mutex_);
      if (is_closed_ || !has_room_locked()) return false;
      weight = std::max<std::size_t>(weight, 1);
      items_.emplace_back(std::move(item), weight);
      weight_ += weight;
    }
    bell_.ring();
    return true;
  }

  std::optional<T> try_pop() {
    std::optional<T> item;
    {
      std::scoped_lock lock(mutex_);
      if (items_.empty()) return std::nullopt;
      item.emplace(std::move(items_.front().first));
      weight_ -= items_.front().second;
      items_.pop_front();
    }
    bell_.ring();
    return item;
  }

  // No more input; what is inside can still be taken.
  void close() {
    {
      std::scoped_lock lock(mutex_);
      is_closed_ = true;
    }
    bell_.ring();
  }

  [[nodiscard]] bool is_closed() const {
    std::scoped_lock lock(mutex_);
    return is_closed_;
  }

  // True once closed and emptied: nothing will ever come out again.
  [[nodiscard]] bool is_finished() const {
    std::scoped_lock lock(mutex_);
    return is_closed_ && items_.empty();
  }

  [[nodiscard]] bool has_room() const {
    std::scoped_lock lock(mutex_);
    return has_room_locked();
  }

  [[nodiscard]] std::size_t weight() const {
    std::scoped_lock lock(mutex_);
    return weight_;
  }

  [[nodiscard]] std::size_t size() const {
    std::scoped_lock lock(mutex_);
    return items_.size();
  }

 private:
  [[nodiscard]] bool has_room_locked() const { return items_.empty() || weight_ < weight_max_; }

  const std::size_t weight_max_;
  Doorbell& bell_;
  mutable std::mutex mutex_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t weight_ = 0;
  bool is_closed_ = false;
};

}  // namespace relay
