// Reading [[table]] and the lists inside it. Used by load.cc only.
#pragma once

#include <string>
#include <vector>

#include "config/problems.h"
#include "config/read_value.h"
#include "config/settings.h"
#include "config/toml_tree.h"

namespace relay {

// What reading a file needs to know everywhere. The references outlive it.
struct FileReading {
  const std::string& name;
  const Environment& environment;
  Problems& problems;

  void add(TextPlace place, const std::string& text) const {
    problems.add(format_place(name, place) + ": " + text);
  }
};

// `node` is the value of the top-level key `table`.
std::vector<TableSettings> read_tables(const TomlNode& node, const FileReading& reading);

// "shop.orders=sales.orders", as --table has it.
Problem read_table_flag(const std::string& text, TableSettings& table);

}  // namespace relay
