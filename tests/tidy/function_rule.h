// A function fits on a screen: at most 70 lines from its opening to its closing brace, both
// counted.
#pragma once

#include <string>

#include "tidy/source_tree.h"

namespace relay {

inline constexpr std::size_t kFunctionLinesMax = 70;

// Not a parser: it follows braces and tells a function by the parenthesis before its opening one.
// Where it cannot tell it is silent.
Problems check_functions(const std::string& path, const std::string& text);

// The same length, with comments, quotations and preprocessor lines blank. Line ends stay.
std::string blank_comments_and_quotes(const std::string& text);

}  // namespace relay
