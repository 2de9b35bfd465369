// Dead letters as people and programs read them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apply/dead_letter_desk.h"

namespace relay {

struct LetterList {
  std::vector<StoredLetter> letters{};
  std::uint64_t total = 0;  // That the filter lets through, also those that are not listed.
  LetterFilter filter{};
};

// One line a letter, without its document, then how many there are.
std::string render_letters_text(const LetterList& list);
// {"total": N, "letters": [...]}; names are the columns of relay.dead_letter.
std::string render_letters_json(const LetterList& list);

// Everything the letter has, its document last and whole.
std::string render_letter_text(const StoredLetter& letter);
std::string render_letter_json(const StoredLetter& letter);

}  // namespace relay
