// No source is forgotten: each is built, and each of src/ has a test.
#pragma once

#include <span>
#include <string_view>

#include "tidy/source_tree.h"

namespace relay {

// A .cc stands in the CMakeLists.txt of its folder.
Problems check_listed(const SourceTree& tree);

// A source that has no test of its own name, and the one that would fail if it were wrong.
struct TestedBy {
  std::string_view source;
  std::string_view test;  // A path below tests/, or "none: " and the reason.
};

// src/FOLDER/NAME.cc has tests/FOLDER/NAME_test.cc or an entry. An entry nobody needs is a problem
// too.
Problems check_tested(const SourceTree& tree, std::span<const TestedBy> entries);

std::span<const TestedBy> tested_elsewhere();

}  // namespace relay
