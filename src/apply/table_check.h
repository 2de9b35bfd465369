// Whether a table that exists already can take the rows of a mapping. Pure: what was found is
// compared with what the statements need.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "mapping/table_mapping.h"

namespace relay {

struct LiveColumn {
  std::string name;
  std::string type;  // As PostgreSQL's format_type() writes it.
  bool is_nullable = true;
  bool has_default = false;      // Also identity and generated columns.
  bool is_computed = false;      // The server refuses a value: generated, identity always.
  bool is_deterministic = true;  // Its collation tells all different texts apart.
  bool is_key = false;           // Part of the primary key, which is checked at once.
};

struct LiveTable {
  char kind = 'r';  // pg_class.relkind: r table, p partitioned table, v view, ...
  std::vector<LiveColumn> columns;
};

struct Difference {
  std::string where;  // "column data", "primary key".
  std::string expected;
  std::string found;
  std::string remedy;
};

// Everything that is in the way; empty: the table fits. More columns than needed are fine as long
// as a row can be written without them.
std::vector<Difference> find_differences(const TableMapping& mapping, const LiveTable& live);

// One error that names them all.
Error differences_error(const TableMapping& mapping, const std::vector<Difference>& differences);

}  // namespace relay
