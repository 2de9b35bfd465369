#include "apply/letter_key.h"

#include <cstdint>

#include "core/utf8.h"

namespace relay {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

bool is_plain(char c) {
  constexpr std::string_view kPlain = "-._/:";
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return is_letter || (c >= '0' && c <= '9') || kPlain.find(c) != std::string_view::npos;
}

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv
std::string hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::string hex(16, '0');
  for (std::size_t i = 0; i < hex.size(); ++i)
    hex[i] = kDigits[hash >> (60U - 4U * i) & 0xFU];
  return hex;
}

}  // namespace

std::string make_letter_key(std::string_view key) {
  if (key.size() <= kLetterKeyBytesMax) return std::string(key);
  const std::string hash = "#" + hash_text(key);
  // Not in the middle of a UTF-8 sequence: the server would refuse the letter.
  return std::string(cut_text(key, kLetterKeyBytesMax - hash.size())) + hash;
}

std::string make_letter_id(std::string_view text) {
  std::string id;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      id.push_back(c);
    } else {
      id.append({'%', kDigits[byte >> 4U], kDigits[byte & 0xFU]});
    }
  }
  return make_letter_key(id);
}

}  // namespace relay
