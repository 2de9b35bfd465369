#include "decode/name_set.h"

#include <utility>

namespace relay {

void NameSet::grow() {
  const std::size_t old_slot_count = mask_ + 1;
  std::vector<std::uint64_t> bigger(old_slot_count * 4, kEmpty);
  const std::size_t mask = bigger.size() - 1;
  for (std::size_t i = 0; i < old_slot_count; ++i) {
    if (slots_[i] == kEmpty) continue;
    std::size_t index = slots_[i] & mask;
    while (bigger[index] != kEmpty)
      index = (index + 1) & mask;
    bigger[index] = slots_[i];
  }
  heap_slots_ = std::move(bigger);
  slots_ = heap_slots_.data();
  mask_ = mask;
}

}  // namespace relay
