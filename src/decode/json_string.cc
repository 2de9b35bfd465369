#include "decode/json_string.h"

#include <cstdint>

namespace relay {
namespace {

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    put(0x80U | (code & 63U));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    put(0x80U | (code >> 6U & 63U));
    put(0x80U | (code & 63U));
  } else {
    put(0xF0U | code >> 18U);
    put(0x80U | (code >> 12U & 63U));
    put(0x80U | (code >> 6U & 63U));
    put(0x80U | (code & 63U));
  }
}

bool take_code_unit(std::string_view& text, std::uint32_t& code) {
  constexpr std::size_t kDigits = 4;
  if (text.size() < kDigits) return false;
  for (const char c : text.substr(0, kDigits)) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      digit = static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return false;
    }
    code = code << 4U | digit;
  }
  text.remove_prefix(kDigits);
  return true;
}

// What follows the backslash.
bool take_escape(std::string_view& text, std::string& out) {
  if (text.empty()) return false;
  const char c = text.front();
  text.remove_prefix(1);
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
  if (const std::size_t index = kLetters.find(c); index != std::string_view::npos) {
    out.push_back(kCharacters[index]);
    return true;
  }
  std::uint32_t code = 0;
  if (c != 'u' || !take_code_unit(text, code)) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    std::uint32_t low = 0;
    if (!text.starts_with("\\u")) return false;
    text.remove_prefix(2);
    if (!take_code_unit(text, low) || low < 0xDC00 || low > 0xDFFF) return false;
    code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
  }
  append_utf8(code, out);
  return true;
}

}  // namespace

bool take_json_string(std::string_view& text, std::string& out) {
  if (!text.starts_with('"')) return false;
  text.remove_prefix(1);
  for (;;) {
    std::size_t special = 0;
    while (special < text.size() && text[special] != '"' && text[special] != '\\')
      ++special;
    if (special == text.size()) return false;
    out += text.substr(0, special);
    const bool is_end = text[special] == '"';
    text.remove_prefix(special + 1);
    if (is_end) return true;
    if (!take_escape(text, out)) return false;
  }
}

}  // namespace relay
