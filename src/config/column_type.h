// The types a column may have, as text. What fits into them: docs/values.md.
#pragma once

#include <string>
#include <string_view>

namespace relay {

// text, boolean, integer, bigint, double precision, numeric, numeric(p,s) with 1 <= p <= 1000 and
// 0 <= s <= p, timestamp with time zone, uuid, bytea, json; each may be followed by [].
bool is_column_type(std::string_view type);

// Why a text is none of them.
std::string explain_column_type(std::string_view type);

}  // namespace relay
