// What every file must be like, whatever is in it.
#pragma once

#include <string>

#include "tidy/source_tree.h"

namespace relay {

inline constexpr std::size_t kFileLinesMax = 400;

Problems check_length(const std::string& path, const std::string& text);
Problems check_characters(const std::string& path, const std::string& text);  // ASCII, no tabs.
Problems check_words(const std::string& path, const std::string& text);  // Nothing left for later.
Problems check_header(const std::string& path, const std::string& text);
Problems check_markdown(const std::string& path, const std::string& text);  // Exactly one title.

}  // namespace relay
