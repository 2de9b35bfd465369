#include "pipeline/touched_keys.h"

#include <functional>

namespace relay {
namespace {

// A node of the map with its string, and about half an entry of the queue's block.
constexpr std::size_t kBytesPerKey = 120;
constexpr std::size_t kBytesPerTouch = 16;

}  // namespace

void TouchedKeys::add(std::string_view key, std::uint64_t ordinal) {
  auto at = last_.find(key);
  if (at == last_.end()) {
    at = last_.emplace(std::string(key), ordinal).first;
    byte_count_ += key.size() + kBytesPerKey;
  } else {
    if (at->second == ordinal) return;
    at->second = ordinal;
  }
  touches_.push_back({ordinal, &*at});
  byte_count_ += kBytesPerTouch;
}

bool TouchedKeys::is_touched_since(std::string_view key, std::uint64_t ordinal) const {
  const auto at = last_.find(key);
  return at != last_.end() && at->second > ordinal;
}

void TouchedKeys::forget_up_to(std::uint64_t ordinal) {
  while (!touches_.empty() && touches_.front().ordinal <= ordinal) {
    const Touch touch = touches_.front();
    touches_.pop_front();
    byte_count_ -= kBytesPerTouch;
    if (touch.key->second != touch.ordinal) continue;  // Touched again since.
    byte_count_ -= touch.key->first.size() + kBytesPerKey;
    last_.erase(last_.find(touch.key->first));
  }
}

void TouchedKeys::clear() {
  touches_.clear();
  last_.clear();
  byte_count_ = 0;
}

}  // namespace relay
