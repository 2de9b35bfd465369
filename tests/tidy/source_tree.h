// The files the rules look at, read once. Paths are relative to the root, with '/'.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

// What a rule has found, in the form of a compiler's message: "src/core/check.h:3: tab".
using Problems = std::vector<std::string>;

using SourceTree = std::map<std::string, std::string>;  // Path to text.

// Sources, CMakeLists.txt, Markdown. Files present, not only those under version control, so that a
// new file is seen before its first commit.
SourceTree read_tree(const std::string& root);

bool is_source(std::string_view path);  // .h or .cc below src, tests or bench.
bool is_header(std::string_view path);
bool is_markdown(std::string_view path);

std::string folder_of(std::string_view path);  // "src/core/check.h": "src/core".
std::string name_of(std::string_view path);    // "check.h".

std::vector<std::string_view> split_lines(std::string_view text);

}  // namespace relay
