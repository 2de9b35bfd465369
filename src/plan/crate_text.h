// SQL text for CrateDB, made from a mapping: the other dialect of sql_text.h.
//
// What differs, and why: docs/targets.md. Tables without columns so far; everything else is refused
// by name.
//
// Not here: fixed statements (sql/crate/), sending anything (apply/).
#pragma once

#include <string>

#include "core/result.h"
#include "mapping/table_shape.h"
#include "plan/sql_text.h"

namespace relay {

struct CrateStatements {
  std::string table;  // Quoted.
  std::string create_table;
  // $1, $2, ...: one binary array a column. At most once before a Sync. A row that CrateDB does
  // not take is missing from the count, without an error.
  std::string upsert;
  // The same; answers with the keys of the rows that are there.
  std::string upsert_returning;
  // $1, $2, ...: one row. Says why it is not taken, with one exception: then the count is 0.
  std::string upsert_single;
  // $1: the key. Nothing but the key in its condition, else it would not see rows that were written
  // a moment ago.
  std::string removal;
  // All rows that a REFRESH has made visible.
  std::string remove_all;
  std::string refresh;
  // As in TableStatements; of rows that a REFRESH has made visible.
  std::string first_keys;
  std::string next_keys;
};

// config_invalid: a name that CrateDB does not take, or something that is not built for it yet.
Result<CrateStatements> make_crate_statements(const TableMapping& mapping);

// As CrateDB's catalogue lists the table's columns, in the order of the statements.
std::vector<ColumnDefinition> crate_column_definitions(const TableMapping& mapping);

}  // namespace relay
