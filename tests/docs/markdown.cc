#include "docs/markdown.h"

#include <algorithm>
#include <sstream>

#include "support/temporary_directory.h"

namespace relay {
namespace {

constexpr std::string_view kFence = "```";
constexpr std::string_view kNotRun = "<!-- not run: ";

std::string reason_in(const std::string& line) {
  if (!line.starts_with(kNotRun)) return "";
  return line.substr(kNotRun.size(), line.find(" -->") - kNotRun.size());
}

}  // namespace

std::filesystem::path source_root() {
  return RELAY_SOURCE_DIR;
}

std::vector<std::string> list_pages() {
  std::vector<std::string> pages{"README.md", "CONTRIBUTING.md"};
  for (const auto& entry : std::filesystem::directory_iterator(source_root() / "docs"))
    if (entry.path().extension() == ".md")
      pages.push_back("docs/" + entry.path().filename().string());
  std::sort(pages.begin(), pages.end());
  return pages;
}

std::vector<Block> read_blocks(const std::string& page) {
  std::istringstream lines(read_file(source_root() / page));
  std::vector<Block> blocks;
  bool is_inside = false;
  std::string before;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line); before = line) {
    ++number;
    if (line.starts_with(kFence)) {
      is_inside = !is_inside;
      if (is_inside)
        blocks.push_back({.page = page,
                          .line = number + 1,
                          .language = line.substr(kFence.size()),
                          .text = {},
                          .not_run = reason_in(before)});
    } else if (is_inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::vector<Block> read_all_blocks(const std::string& language) {
  std::vector<Block> found;
  for (const std::string& page : list_pages())
    for (Block& block : read_blocks(page))
      if (block.language == language) found.push_back(std::move(block));
  return found;
}

}  // namespace relay
