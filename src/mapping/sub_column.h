// SubColumn: a column inside of an OBJECT(DYNAMIC) column of CrateDB, as its catalogue lists it.
#pragma once

#include <string>
#include <vector>

namespace relay {

struct SubColumn {
  std::string column{};             // Of the table: "data".
  std::vector<std::string> path{};  // Names below it; never empty.
  std::string type{};               // "bigint", "text_array", "object", "undefined", ...
};

}  // namespace relay
