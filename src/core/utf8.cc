#include "core/utf8.h"

namespace relay {

std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_tail = [&byte](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
  const unsigned lead = byte(0);
  if (lead <= 0x7F) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return is_tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned second_min = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned second_max = lead == 0xED ? 0x9F : 0xBF;
    return byte(1) >= second_min && byte(1) <= second_max && is_tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned second_min = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned second_max = lead == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= second_min && byte(1) <= second_max && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

std::size_t find_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = utf8_character_bytes(text.substr(at));
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::string_view::npos;
}

std::string_view cut_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  const auto is_inside = [text](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  std::size_t end = bytes_max;
  while (end > 0 && is_inside(end))
    --end;
  return text.substr(0, end);
}

}  // namespace relay
