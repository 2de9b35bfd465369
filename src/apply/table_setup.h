// Makes the table of a mapping, or checks the one that is there, and the role's rights on it.
// Private to apply/.
#pragma once

#include "apply/pg_connection.h"
#include "apply/setup_outlook.h"
#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

Status set_up_table(PgConnection& connection, const TableMapping& mapping);

// For reading: false when there is no table, sink_refused when it has other columns. What the role
// may do shows when it does it.
Result<bool> check_table(PgConnection& connection, const TableMapping& mapping);

// What set_up_table() would do, or why it could not. Writes nothing.
Result<SetupOutlook> look_at_table(PgConnection& connection, const TableMapping& mapping);

}  // namespace relay
