// What CrateDB's answers mean. Nearly all errors have SQLSTATE XX000, so their texts decide. Pure.
//
// The texts are no stable interface: one that nobody has classified is tried a few times and then
// stops the relay, never passed over.
#pragma once

#include <string_view>

#include "apply/pg_error.h"
#include "core/error.h"
#include "core/result.h"

namespace relay {

// `doing`: as for make_error().
Error make_crate_error(const PgFailure& failure, std::string_view doing);

// Neither the table nor its schema is there; or the server has just started.
bool is_unknown_table(const PgFailure& failure);

// The server has more to do than it can: it may take the same rows in smaller portions.
bool is_overload(const PgFailure& failure);

// `version`: the ParameterStatus crate_version. sink_refused: too old, or no version.
Status check_crate_version(std::string_view version);

}  // namespace relay
