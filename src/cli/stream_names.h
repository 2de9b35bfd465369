// The streams that the settings name.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "config/settings.h"

namespace relay {

// In the order of their tables, each once.
inline std::vector<std::string> stream_names(const Settings& settings) {
  std::vector<std::string> names;
  for (const TableSettings& table : settings.tables) {
    if (std::ranges::find(names, table.stream) == names.end()) names.push_back(table.stream);
  }
  return names;
}

}  // namespace relay
