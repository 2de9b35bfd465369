// Whether bytes are text.
#pragma once

#include <cstddef>
#include <string_view>

namespace relay {

// Bytes of the UTF-8 character that `text` (not empty) begins with; 0: it begins with none.
// Overlong forms, surrogates and values above U+10FFFF are none (Unicode 15, table 3-7).
std::size_t utf8_character_bytes(std::string_view text);

// Offset of the first byte that belongs to no character; npos: there is none.
std::size_t find_not_utf8(std::string_view text);

// The first `bytes_max` bytes of `text`, or a few fewer, so that no character is cut in two. What
// is not UTF-8 may lose more.
std::string_view cut_text(std::string_view text, std::size_t bytes_max);

inline bool is_utf8(std::string_view text) {
  return find_not_utf8(text) == std::string_view::npos;
}

}  // namespace relay
