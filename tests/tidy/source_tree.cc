#include "tidy/source_tree.h"

#include <array>
#include <filesystem>

#include "support/temporary_directory.h"

namespace relay {
namespace {

constexpr std::array kFolders = {"src", "tests", "bench", "docs"};
constexpr std::array kFiles = {"README.md", "CONTRIBUTING.md", "CMakeLists.txt"};

}  // namespace

SourceTree read_tree(const std::string& root) {
  SourceTree tree;
  for (const char* name : kFiles) {
    const std::filesystem::path path = std::filesystem::path(root) / name;
    if (std::filesystem::exists(path)) tree[name] = read_file(path);
  }
  for (const char* folder : kFolders) {
    const std::filesystem::path start = std::filesystem::path(root) / folder;
    if (!std::filesystem::exists(start)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(start)) {
      const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
      const bool is_wanted =
          is_source(path) || is_markdown(path) || name_of(path) == "CMakeLists.txt";
      if (entry.is_regular_file() && is_wanted) tree[path] = read_file(entry.path());
    }
  }
  return tree;
}

bool is_source(std::string_view path) {
  const bool is_ours =
      path.starts_with("src/") || path.starts_with("tests/") || path.starts_with("bench/");
  return is_ours && (path.ends_with(".h") || path.ends_with(".cc"));
}

bool is_header(std::string_view path) {
  return is_source(path) && path.ends_with(".h");
}

bool is_markdown(std::string_view path) {
  return path.ends_with(".md");
}

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : std::string(path.substr(0, slash));
}

std::string name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace relay
