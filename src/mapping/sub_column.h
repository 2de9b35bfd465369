// SubColumn: a column inside of an OBJECT(DYNAMIC) column of CrateDB, as its catalogue lists it.
#pragma once

#include <string>
#include <vector>

namespace relay {

struct SubColumn {
  std::vector<std::string> path;  // Names below the top-level column, which is none of them.
  std::string type;               // "bigint", "text_array", "object", "undefined", ...
};

}  // namespace relay
