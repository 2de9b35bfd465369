// Reading a state file without owning it: what `relay status` shows when no relay answers.
//
// The file may belong to a relay that runs; it is neither locked nor changed.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/position.h"
#include "core/result.h"

namespace relay {

struct StoredStream {
  std::string name;
  Position position;
  std::string updated_at;  // ISO 8601, UTC.
};

// By name. store_failed: there is no such file, or it is no state file.
Result<std::vector<StoredStream>> read_state_file(const std::filesystem::path& path);

}  // namespace relay
