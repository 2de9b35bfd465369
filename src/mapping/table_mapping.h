// What a collection becomes: the table, and how its documents look there.
#pragma once

#include <compare>
#include <string>

#include "core/name_space.h"

namespace relay {

// A table of the target. Names are as the server will store them, unquoted.
struct TableName {
  std::string schema;
  std::string table;

  auto operator<=>(const TableName&) const = default;
};

inline std::string format_table(const TableName& name) {
  return name.schema + "." + name.table;
}

// How values look in JSON: docs/values.md.
enum class JsonForm { plain, extended };

// One collection feeding one table. `mirror` without columns so far: (oid TEXT, data JSON).
struct TableMapping {
  Namespace from;
  TableName to;
  JsonForm json = JsonForm::plain;
};

}  // namespace relay
