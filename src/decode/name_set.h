// NameSet: hashes of the field names of one document tree, to find duplicates in linear time.
//
// Open addressing in an array on the stack; a tree with many fields moves to the heap. A hash that
// is in the set already only makes a duplicate likely: the caller compares the names then.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace relay {

class NameSet {
 public:
  NameSet() { inline_slots_.fill(kEmpty); }
  NameSet(const NameSet&) = delete;
  NameSet& operator=(const NameSet&) = delete;

  // False: the hash is in the set already.
  bool insert(std::uint64_t hash) {
    if (hash == kEmpty) hash = 1;
    std::size_t index = hash & mask_;
    while (slots_[index] != kEmpty) {
      if (slots_[index] == hash) return false;
      index = (index + 1) & mask_;
    }
    slots_[index] = hash;
    // At three quarters, chains are still a few slots long.
    if (++count_ * 4 > mask_ * 3) grow();
    return true;
  }

 private:
  static constexpr std::uint64_t kEmpty = 0;
  static constexpr std::size_t kInlineSlots = 128;

  void grow();

  std::array<std::uint64_t, kInlineSlots> inline_slots_;
  std::vector<std::uint64_t> heap_slots_;
  std::uint64_t* slots_ = inline_slots_.data();
  std::size_t mask_ = kInlineSlots - 1;  // Slots - 1; a power of two minus one.
  std::size_t count_ = 0;
};

}  // namespace relay
