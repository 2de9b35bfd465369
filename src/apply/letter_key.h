// The key text under which a dead letter is kept. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relay {

inline constexpr std::size_t kLetterKeyBytesMax = 1'000;

// The key itself when it is short enough, else its beginning, "#" and a hash of the whole, so that
// letters of different documents stay apart. Of the result it makes the result again.
std::string make_letter_key(std::string_view key);

// An id for a letter, of the text that says what it is about: another one for every other text, and
// of bytes that neither a shell nor a terminal takes for more than they are. Other bytes become
// %XX. As long as a key at most.
std::string make_letter_id(std::string_view text);

}  // namespace relay
