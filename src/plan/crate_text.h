// SQL text for CrateDB, made from a mapping: the other dialect of sql_text.h.
//
// What differs, and why: docs/targets.md. What CrateDB has no column for is refused by name:
// crate_types.h.
//
// Not here: fixed statements (sql/crate/), sending anything (apply/).
#pragma once

#include <span>
#include <string>
#include <vector>

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
  // $1: the key; when rows are marked $2: the time. Nothing but the key in its condition, else it
  // would not see rows that were written a moment ago.
  std::string removal;
  // All rows that a REFRESH has made visible. When rows are marked $1: the time.
  std::string remove_all;
  std::string refresh;
  // Keys as CrateDB prints them; as in TableStatements, of rows that a REFRESH has made visible.
  std::string first_keys;
  std::string next_keys;
  // For SELECTs of rows that are not marked, behind their columns: the first $1 in the order of the
  // key; the next $2 behind the key $1; those whose keys are in the array $1, as in
  // TableStatements::has_key.
  std::string page_key;  // Of a row, to be SELECTed: $1 of next_page. A numeric comes as text.
  std::string first_page;
  std::string next_page;
  std::string of_keys;
  // Of the columns, in their order: the cells travel as the text of their value, though the column
  // is no text.
  std::vector<bool> is_printed;
};

// Everything of the mapping that CrateDB does not take, or that is not built for it yet:
// config_invalid, each with what to write instead.
std::vector<Error> find_crate_refusals(const TableMapping& mapping);

// The first of these refusals.
Result<CrateStatements> make_crate_statements(const TableMapping& mapping);

// ALTER TABLE with columns of the mapping's table that it does not have, one or more: all of them
// are added, or none. CrateDB knows no IF NOT EXISTS here. config_invalid: as above.
Result<std::string> crate_add_columns(const TableMapping& mapping,
                                      std::span<const ShapeColumn> columns);

}  // namespace relay
