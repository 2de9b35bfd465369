// Columns of text for people, on a terminal or not.
#pragma once

#include <string>
#include <vector>

namespace relay {

using TextRow = std::vector<std::string>;

// Columns as wide as their widest cell (in bytes), two blanks before each.
std::string align_rows(const std::vector<TextRow>& rows);

// Names and keys come from servers: nothing in them may steer the terminal. Control characters
// become '?'.
std::string printable(std::string text);

}  // namespace relay
