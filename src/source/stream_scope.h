// What the tables of a stream need to see.
#pragma once

#include <string>
#include <vector>

#include "core/name_space.h"

namespace relay {

struct StreamScope {
  std::string database{};          // Empty: the whole cluster.
  std::vector<Namespace> exact{};  // Wanted. Without a collection: all of that database.
  bool everything = false;         // Take all and leave the choice to the reader (patterns).
};

}  // namespace relay
