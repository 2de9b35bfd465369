// The known word that a mistyped one most likely stands for.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace relay {

// Damerau-Levenshtein (optimal string alignment): insertions, deletions, replacements and swaps of
// neighbours, each 1. Bytes, case counts.
std::size_t edit_distance(std::string_view a, std::string_view b);

// Empty: nothing is nearer than half of the longer word, so a guess would mislead. On a tie the
// first.
std::string_view nearest_word(std::string_view text, std::span<const std::string_view> words);

}  // namespace relay
