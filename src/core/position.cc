#include "core/position.h"

namespace relay {

std::string format_token(const TokenView& token) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string text(token.data);
  if (token.type_bits.empty()) return text;
  text.push_back('.');
  for (const std::uint8_t byte : token.type_bits) {
    text.push_back(kHexDigits[byte >> 4U]);
    text.push_back(kHexDigits[byte & 15U]);
  }
  return text;
}

}  // namespace relay
