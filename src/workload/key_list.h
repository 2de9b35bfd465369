// KeyList: which documents of a writer exist, as numbers from 0, and which were deleted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "workload/random.h"

namespace relay {

class KeyList {
 public:
  [[nodiscard]] const std::vector<std::uint32_t>& live() const { return live_; }
  [[nodiscard]] bool has_dead() const { return !dead_.empty(); }

  void add(std::uint32_t key) { live_.push_back(key); }

  // Half the choices fall on the few keys at the end of the list, so that some documents are
  // changed many times in a row, as in life.
  std::uint32_t pick(Random& random) const { return live_[pick_place(random)]; }

  // Takes a key out; it can come back.
  std::uint32_t remove(Random& random) {
    const std::size_t place = pick_place(random);
    const std::uint32_t key = live_[place];
    live_[place] = live_.back();
    live_.pop_back();
    dead_.push_back(key);
    return key;
  }

  // Brings a deleted key back. There is one.
  std::uint32_t revive(Random& random) {
    CHECK(!dead_.empty(), "a deleted key");
    const std::size_t place = random.below(static_cast<std::uint32_t>(dead_.size()));
    const std::uint32_t key = dead_[place];
    dead_[place] = dead_.back();
    dead_.pop_back();
    live_.push_back(key);
    return key;
  }

 private:
  static constexpr std::uint32_t kHotKeys = 64;

  [[nodiscard]] std::size_t pick_place(Random& random) const {
    CHECK(!live_.empty(), "a document exists");
    const auto count = static_cast<std::uint32_t>(live_.size());
    if (count > kHotKeys && random.chance(500)) return count - 1 - random.below(kHotKeys);
    return random.below(count);
  }

  std::vector<std::uint32_t> live_;
  std::vector<std::uint32_t> dead_;
};

}  // namespace relay
