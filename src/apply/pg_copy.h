// One COPY on a connection, in or out, outside of its pipeline mode: libpq has no COPY inside of
// it. Private to apply/.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "apply/pg_connection.h"
#include "apply/pg_error.h"
#include "core/row_block.h"
#include "mapping/table_mapping.h"

namespace relay {

// Two round trips. The connection is in pipeline mode with nothing under way, before and after. A
// failure is the server's answer, or where the connection broke. `mapping`: what the rows are of.
std::optional<PgFailure> copy_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const RowBlock& block,
                                   const TableMapping& mapping);

// Rows of a COPY ... TO STDOUT (FORMAT binary), as they come: one is held at a time. nullopt: NULL.
// Views are valid during the call. False: no more are wanted, and the connection is given up.
using CopyVisit = std::function<bool(std::span<const std::optional<std::string_view>> cells)>;
std::optional<PgFailure> read_rows(PgConnection& connection,
                                   const std::string& sql,
                                   const CopyVisit& visit);

}  // namespace relay
