// KeyIndex: the last write of each key, for compaction: a batch may name a key only once.
//
// Open addressing over indices into the writes, at most half full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plan/batch_builder.h"

namespace relay {

class KeyIndex {
 public:
  // Indexes `writes`, which must outlive the index unchanged.
  explicit KeyIndex(std::span<const PlannedWrite> writes);

  // The indices of the writes that are the last of their key, ascending.
  [[nodiscard]] std::vector<std::size_t> survivors() const;

  // The last write of the key; nullopt: no write names it.
  [[nodiscard]] std::optional<std::size_t> find(const TableMapping* table,
                                                std::string_view key) const;

 private:
  [[nodiscard]] std::size_t slot_of(const TableMapping* table, std::string_view key) const;

  std::span<const PlannedWrite> writes_;
  std::vector<std::uint32_t> slots_;  // Index + 1; 0: free.
  std::size_t mask_ = 0;
};

}  // namespace relay
