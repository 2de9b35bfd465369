// The fenced blocks of the documentation. A block that cannot be run has `<!-- not run: reason -->`
// on the line before it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace relay {

struct Block {
  std::string page;      // "docs/plan.md"
  std::size_t line = 0;  // Of its first line, from 1.
  std::string language;  // "toml", "sh", "sql", "text"; empty: none was given.
  std::string text;
  std::string not_run;  // The reason; empty: it is run.

  [[nodiscard]] std::string place() const { return page + ":" + std::to_string(line); }
};

// The root of the sources.
std::filesystem::path source_root();

// README.md, CONTRIBUTING.md and everything in docs/, by name.
std::vector<std::string> list_pages();
std::vector<Block> read_blocks(const std::string& page);
// Of all pages, in one language.
std::vector<Block> read_all_blocks(const std::string& language);

}  // namespace relay
