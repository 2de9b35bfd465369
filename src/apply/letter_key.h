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

}  // namespace relay
