// The text form of a cell: what PostgreSQL prints for it under `DateStyle = ISO`, `TimeZone = UTC`,
// `bytea_output = hex`, and reads under any setting.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mapping/column_type.h"

namespace relay {

// `bytes`: the binary form of a value of the type (no array).
void append_cell_text(std::string_view bytes, TypeName type, std::string& out);

// An element of an array literal, in quotes where it needs them: {1,"a b",NULL}.
void append_array_element(std::string_view bytes, TypeName type, std::string& out);

// Microseconds since 2000, as timestamps travel, of milliseconds since 1970. nullopt: before the
// first instant that PostgreSQL knows (4714 BC), or after the last (year 294276).
std::optional<std::int64_t> to_timestamp(std::int64_t ms_since_1970);

}  // namespace relay
