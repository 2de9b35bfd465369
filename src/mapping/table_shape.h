// The physical columns of a mapping's table, in the order in which rows carry them and statements
// name them. The one place that knows them: decode fills them, plan writes their SQL, apply checks
// them.
//
//   mirror, no columns   oid text (key), data json
//   mirror, columns      the key first, then the others in their order, then rest, then deleted_at
//                        (on_delete = "mark", always NULL in an upsert)
//   append               position (key), cluster_time, wall_time, operation, namespace,
//                        document_key, document, change
//
// On CrateDB each that has a JSON column besides those of the mapping has one more, at its end:
// overflow text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/target_kind.h"
#include "mapping/table_mapping.h"

namespace relay {

enum class ColumnRole : std::uint8_t {
  key,
  value,       // A column of the mapping.
  rest,        // JSON of what has no column; without columns: the whole document.
  deleted_at,  // NULL: the document exists. on_delete = "mark".
  event,       // Of an append table.
  overflow,    // CrateDB: JSON text of what the JSON columns would change or refuse.
};

struct ShapeColumn {
  std::string name{};  // Unquoted, at most 63 bytes.
  ColumnType type{};
  ColumnRole role = ColumnRole::value;
  bool is_nullable = true;
  // Index into TableMapping::columns for key and value columns that come from there; else -1.
  int mapped = -1;
};

// `mapping` is valid (TableMap::make has checked it). The key comes first.
std::vector<ShapeColumn> shape_of(const TableMapping& mapping);
// The same, on CrateDB with `overflow`.
std::vector<ShapeColumn> shape_on(TargetKind target, const TableMapping& mapping);

// Element type of the binary array that a column's cells travel in to PostgreSQL (pg_type.dat).
// JSON travels as text (25): as jsonb[] it costs the server a third more CPU. A column T[] travels
// as an array of the text form of arrays (25) and is cast on the server, since the protocol has no
// array of arrays of different lengths.
std::uint32_t element_oid(const ColumnType& type);

inline constexpr std::uint32_t kTextOid = 25;

// The target gets the text of a value in place of its binary form: arrays everywhere, and on
// CrateDB numeric, which it stores wrong from binary arrays, and uuid, whose binary arrays nobody
// has tried.
bool travels_as_text(const ColumnType& type, TargetKind target);

}  // namespace relay
