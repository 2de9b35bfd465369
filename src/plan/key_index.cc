#include "plan/key_index.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace relay {

KeyIndex::KeyIndex(std::span<const PlannedWrite> writes) : writes_(writes) {
  slots_.assign(std::bit_ceil(std::max<std::size_t>(writes.size() * 2, 2)), 0);
  mask_ = slots_.size() - 1;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    slots_[slot_of(writes[i].table, writes[i].key)] = static_cast<std::uint32_t>(i + 1);
  }
}

std::size_t KeyIndex::slot_of(const TableMapping* table, std::string_view key) const {
  std::size_t slot =
      (std::hash<std::string_view>{}(key) ^ (std::hash<const void*>{}(table) * 31)) & mask_;
  while (slots_[slot] != 0) {
    const PlannedWrite& write = writes_[slots_[slot] - 1];
    if (write.table == table && write.key == key) break;
    slot = (slot + 1) & mask_;
  }
  return slot;
}

std::vector<std::size_t> KeyIndex::survivors() const {
  std::vector<std::size_t> indices;
  indices.reserve(writes_.size());
  for (const std::uint32_t slot : slots_) {
    if (slot != 0) indices.push_back(slot - 1);
  }
  std::ranges::sort(indices);
  return indices;
}

std::optional<std::size_t> KeyIndex::find(const TableMapping* table, std::string_view key) const {
  const std::uint32_t slot = slots_[slot_of(table, key)];
  if (slot == 0) return std::nullopt;
  return slot - 1;
}

}  // namespace relay
