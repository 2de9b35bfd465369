// RowOrigins: which event each row of a block comes from, for the dead letters of rows that the
// target refuses. Costs a row its token, about 150 bytes, and no allocation of its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/position.h"

namespace relay {

class RowOrigins {
 public:
  // In the order of the rows. `operation` is a literal: "insert".
  void add(std::string_view operation, const TokenView& token);

  // 0: the origins of the block's rows are not known.
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::string_view operation(std::size_t row) const {
    return entries_[row].operation;
  }
  // As Position::token. Valid as long as nothing is added.
  [[nodiscard]] std::string_view position(std::size_t row) const;

  // Of the rows that are not named (one entry a row); none when there were none.
  [[nodiscard]] RowOrigins without(const std::vector<bool>& is_left_out) const;

  [[nodiscard]] std::size_t byte_count() const {
    return tokens_.size() + entries_.size() * sizeof(Entry);
  }

 private:
  struct Entry {
    std::string_view operation;
    std::size_t token_end = 0;  // In tokens_; it begins where the one before ends.
  };
  std::string tokens_;
  std::vector<Entry> entries_;
};

}  // namespace relay
