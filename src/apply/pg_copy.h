// One COPY ... FROM STDIN on a connection, outside of its pipeline mode: libpq has no COPY inside
// of it. Private to apply/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apply/pg_connection.h"
#include "apply/pg_error.h"
#include "core/row_block.h"

namespace relay {

// Two round trips. The connection is in pipeline mode with nothing under way, before and after. A
// failure is the server's answer, or where the connection broke. `is_jsonb`: one entry a column.
std::optional<PgFailure> copy_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const RowBlock& block,
                                   const std::vector<bool>& is_jsonb);

}  // namespace relay
