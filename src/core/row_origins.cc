#include "core/row_origins.h"

#include "core/check.h"

namespace relay {

void RowOrigins::add(std::string_view operation, const TokenView& token) {
  if (token.type_bits.empty()) {
    tokens_.append(token.data);
  } else {
    tokens_.append(format_token(token));
  }
  entries_.push_back({.operation = operation, .token_end = tokens_.size()});
}

std::string_view RowOrigins::position(std::size_t row) const {
  CHECK(row < entries_.size(), "a row of the block");
  const std::size_t start = row == 0 ? 0 : entries_[row - 1].token_end;
  return std::string_view(tokens_).substr(start, entries_[row].token_end - start);
}

RowOrigins RowOrigins::without(const std::vector<bool>& is_left_out) const {
  RowOrigins rest;
  if (entries_.empty()) return rest;
  CHECK(is_left_out.size() == entries_.size(), "a decision for each row");
  for (std::size_t row = 0; row < entries_.size(); ++row) {
    if (is_left_out[row]) continue;
    rest.tokens_.append(position(row));
    rest.entries_.push_back(
        {.operation = entries_[row].operation, .token_end = rest.tokens_.size()});
  }
  return rest;
}

}  // namespace relay
