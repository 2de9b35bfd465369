// Whether the settings of one table make sense together, before any collection is known.
#pragma once

#include <string>

#include "mapping/table_map.h"

namespace relay {

// Why not, in one line; empty: they do. What is checked besides: docs/targets.md.
//
//   mirror  one key column, its path _id; names that a table can have, each once; defaults that
//   fit;
//           no column from an excluded path; without columns a JSON column
//   append  no columns, rest, evolve = "add" or on_delete = "mark": every event is a row as it is
//   both    no exclusion of _id or of something in it: it is the key; conditions with values
std::string explain_rule(const TableRule& rule);

}  // namespace relay
