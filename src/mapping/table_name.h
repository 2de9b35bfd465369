// Names of tables: made from a template, fitted into what PostgreSQL keeps of a name.
//
// PostgreSQL cuts names after 63 bytes without a word, so two long names could become one. Ours are
// cut here, and the same way every time:
//
//   first 54 bytes or less (whole UTF-8 characters) "_" 8 hex digits
//
// The digits are the FNV-1a 64 hash of the whole name, its upper and lower half xored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/name_space.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// NAMEDATALEN - 1 of PostgreSQL as everybody builds it.
inline constexpr std::size_t kNameBytesMax = 63;

// The name itself when it fits. config_invalid: empty, a NUL, not UTF-8.
Result<std::string> fit_name(std::string_view name);

// The cut name with the hash behind it, also of a short name. `name` is UTF-8.
std::string add_name_hash(std::string_view name);

// "schema.table" with {db} and {collection} in either part; the first dot separates the parts,
// before the names are put in, so that a collection with a dot stays one table. Empty:
// "{db}.{collection}". config_invalid: no dot, an empty part, other braces, a name that fit_name()
// refuses, a table that the relay keeps its own books in.
Result<TableName> make_table_name(std::string_view name_template, NamespaceView ns);

// The same before anything is cut. Empty: make_table_name() refuses it.
std::string expand_table_name(std::string_view name_template, NamespaceView ns);

// Whether two different collections of a pattern could get one table: {db} or {collection} is
// missing.
struct PlaceholderUse {
  bool has_database = false;
  bool has_collection = false;
};
PlaceholderUse placeholders_of(std::string_view name_template);

// UTF-8 without a NUL, and not empty: what PostgreSQL takes as a name, or as a text.
bool is_storable_name(std::string_view name);

// FNV-1a, 64 bits.
std::uint64_t hash_name(std::string_view name);

// A name inside a message: what is not printable ASCII or UTF-8 is escaped.
std::string show_name(std::string_view name);

}  // namespace relay
