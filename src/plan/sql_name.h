// Names in SQL text: always quoted, so that any name is only a name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"
#include "mapping/table_mapping.h"

namespace relay {

// PostgreSQL cuts longer names with a mere notice, so two of them could become one.
inline constexpr std::size_t kIdentifierBytesMax = 63;

// config_invalid: empty, longer than a name may be, with a NUL, or not UTF-8.
Result<std::string> quote_identifier(std::string_view name);

// A text in SQL text, whatever the session's standard_conforming_strings says. UTF-8 without NUL.
std::string quote_literal(std::string_view text);

// "schema"."table", quoted.
Result<std::string> quote_table(const TableName& name);

}  // namespace relay
