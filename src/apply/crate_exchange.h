// Single statements on CrateDB: sent, answered, judged. Private to apply/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apply/crate_error.h"
#include "apply/pg_connection.h"
#include "apply/pg_pipeline.h"
#include "core/result.h"

namespace relay {

// A connection to a server that has let us in before. For some seconds after its start it knows
// neither users nor passwords, so a refusal is taken for a start.
Result<std::unique_ptr<PgConnection>> reopen_crate(const PgConnection::Options& options);

// Without the comment in front and the line breaks: CrateDB answers with the first word of the
// text as it is, and libpq cannot count rows of a `--`.
std::string crate_sql(std::string_view sql);

// The answer, or what the failure means. Of statements that are about no row of the user's:
// row_rejected becomes sink_unknown.
Result<PgAnswer> ask_crate(PgConnection& connection,
                           std::string_view sql,
                           const PgParams& params,
                           std::string_view doing);

// What the failure of a statement means that has no row in it: the server's words may be shown, and
// nobody could find a guilty row.
Error make_definition_error(const PgFailure& failure, std::string_view doing);

// A timestamp as it travels: microseconds since 2000. `seconds`: since 1970.
std::int64_t to_crate_time(double seconds);

}  // namespace relay
