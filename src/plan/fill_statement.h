// The statement that fills a column which was added for a field (evolve = "add") from the JSON
// column of rows that are older than it.
#pragma once

#include <string>

#include "mapping/table_mapping.h"

namespace relay {

// An UPDATE for people to run; the relay does not. It moves every value that the column holds
// exactly, and leaves the others where they are. What plain JSON does not tell apart (a date and a
// text that looks like one) it cannot tell apart either. Empty: there is no JSON column, or a name
// cannot be quoted.
std::string fill_statement(const TableMapping& mapping, const ColumnMapping& column);

}  // namespace relay
