// Makes the table of a mapping on CrateDB, or checks the one that is there; and the bookkeeping.
// Private to apply/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apply/crate_reader.h"
#include "apply/pg_connection.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// Durable once it returns. sink_refused: a table that does not fit; every difference is named.
Status set_up_crate_table(PgConnection& connection, const TableMapping& mapping);

// The same of one that is there, from its columns.
Status check_crate_table(PgConnection& connection,
                         const TableMapping& mapping,
                         const std::vector<CrateColumn>& live);

// "(18,2)" of a numeric column in the SQL that SHOW CREATE TABLE prints; empty: it does not say.
std::string find_numeric_size(std::string_view definition, std::string_view column);

// Tables of schema `relay`.
struct CrateBook {
  std::string_view table;
  std::string_view create;  // DDL.
};
std::vector<std::string_view> crate_book_names();
// Those that are not there, in the order in which they are made.
Result<std::vector<CrateBook>> find_missing_books(PgConnection& connection);

// Makes those that are missing: whoever may not make tables needs no right to where all are there.
Status create_crate_bookkeeping(PgConnection& connection);

}  // namespace relay
