// TouchedKeys: which keys the stream has written since a moment, for the tables that are being
// copied. A chunk must not write what the stream has written since the chunk's reading began: the
// stream knows better, and a row it deleted would come back.
//
// Moments are event ordinals. One thread: the assembling one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace relay {

class TouchedKeys {
 public:
  // `ordinal` never decreases.
  void add(std::string_view key, std::uint64_t ordinal);

  // True when the key was touched by an event behind `ordinal`.
  [[nodiscard]] bool is_touched_since(std::string_view key, std::uint64_t ordinal) const;

  // Forgets what was touched at or before `ordinal`: nobody will ask for it again.
  void forget_up_to(std::uint64_t ordinal);
  void clear();

  // About what it takes in memory.
  [[nodiscard]] std::size_t byte_count() const { return byte_count_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>{}(key);
    }
  };
  using Last = std::unordered_map<std::string, std::uint64_t, Hash, std::equal_to<>>;
  struct Touch {
    std::uint64_t ordinal = 0;
    const Last::value_type* key = nullptr;  // Stays where it is while it is in the map.
  };

  Last last_;                  // When each key was touched last.
  std::deque<Touch> touches_;  // One for each key and ordinal, oldest first.
  std::size_t byte_count_ = 0;
};

}  // namespace relay
