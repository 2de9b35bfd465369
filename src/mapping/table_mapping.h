// What a collection becomes: the table, and how its documents look there.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/name_space.h"
#include "mapping/column_type.h"

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
enum class JsonForm : std::uint8_t { plain, extended };

// mirror: the table equals the collection. append: every change event is a row.
enum class MappingMode : std::uint8_t { mirror, append };

// What becomes of the row of a document that was deleted.
enum class OnDelete : std::uint8_t { remove, mark };

// What a dropped or renamed-away collection does to its table.
enum class OnDrop : std::uint8_t { keep, truncate, stop };

enum class Evolve : std::uint8_t { off, add };

enum class Comparison : std::uint8_t {
  equal,
  not_equal,
  less,
  at_most,
  greater,
  at_least,
  in,
  exists,
};

// Names from the document's top down; never empty.
using FieldPath = std::vector<std::string>;

using Literal = std::variant<bool,
                             std::int64_t,
                             double,
                             std::string,
                             std::chrono::sys_time<std::chrono::milliseconds>>;

struct ColumnMapping {
  std::string name{};
  FieldPath path{};
  ColumnType type{};
  bool is_key = false;
  std::optional<Literal> default_value{};  // Stands in for a missing field; nullopt: NULL does.
};

// A column that the table has and the mapping has not. A new field of its name goes there, when its
// type is one of ours.
struct SpareColumn {
  std::string name{};
  std::optional<ColumnType> type{};  // nullopt: no value may go there.
};

// What an existing table has besides the columns that the settings name (evolve = "add").
struct LiveColumns {
  std::vector<ColumnMapping> added{};  // By a relay, for a field.
  std::vector<SpareColumn> spare{};
};

struct FilterCondition {
  FieldPath path{};
  Comparison comparison = Comparison::equal;
  std::vector<Literal> values{};  // Comparison::in: one or more; every other: exactly one.
};

// Longest key text that is surely indexed. A B-tree tuple of PostgreSQL takes 2,704 bytes
// (BTMaxItemSize of 8 KiB pages), of which 8 are its header and 4 the length of the text. Some
// longer texts would fit when they compress well, but then it would depend on the text which
// documents are replicated.
inline constexpr std::size_t kKeyBytesMax = 2'692;

// Longest text that CrateDB indexes, in bytes of UTF-8. (Lucene, IndexWriter.MAX_TERM_LENGTH.)
inline constexpr std::size_t kCrateTextBytesMax = 32'766;

// One collection feeding one table. The physical columns that follow from it: table_shape.h.
struct TableMapping {
  Namespace from{};
  TableName to{};
  MappingMode mode = MappingMode::mirror;
  JsonForm json = JsonForm::plain;
  // Exactly one has is_key. Empty: mirror into (oid, data).
  std::vector<ColumnMapping> columns{};
  std::string rest = "data";  // JSON column for what has no column; empty: it is left out.
  std::vector<FieldPath> exclude{};
  std::vector<FilterCondition> where{};  // All must hold.
  Evolve evolve = Evolve::off;
  std::vector<SpareColumn> spare{};  // evolve = "add": as far as they are known.
  OnDelete on_delete = OnDelete::remove;
  OnDrop on_drop = OnDrop::keep;
};

}  // namespace relay
