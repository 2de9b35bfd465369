// What would be made on CrateDB before the first row, and what is in the way. Reads only. Private
// to apply/.
#pragma once

#include <string>

#include "apply/pg_connection.h"
#include "apply/setup_outlook.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// Of the session.
Result<std::string> read_crate_user(PgConnection& connection);

// What create_crate_bookkeeping() and set_up_crate_table() would do, or why they could not. Errors:
// the server could not be asked.
Result<SetupOutlook> look_at_crate_bookkeeping(PgConnection& connection);
Result<SetupOutlook> look_at_crate_table(PgConnection& connection, const TableMapping& mapping);

}  // namespace relay
