// What a collection becomes: the table, and how its documents look there.
#pragma once

#include <compare>
#include <cstddef>
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

// Longest key text that is surely indexed. A B-tree tuple of PostgreSQL takes 2,704 bytes
// (BTMaxItemSize of 8 KiB pages), of which 8 are its header and 4 the length of the text. Some
// longer texts would fit when they compress well, but then it would depend on the text which
// documents are replicated.
inline constexpr std::size_t kKeyBytesMax = 2'692;

// One collection feeding one table. `mirror` without columns so far: (oid TEXT, data JSON).
struct TableMapping {
  Namespace from;
  TableName to;
  JsonForm json = JsonForm::plain;
};

}  // namespace relay
