// Who may include whom below src/: our folders, and the headers of other libraries.
#pragma once

#include <string>

#include "tidy/source_tree.h"

namespace relay {

Problems check_includes(const std::string& path, const std::string& text);

// A header in quotes is one of ours, or the build makes it.
Problems check_include_targets(const SourceTree& tree);

}  // namespace relay
