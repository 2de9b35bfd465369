// Paths in documents as text: names with dots between them. A name with a dot in it has no path.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mapping/table_mapping.h"

namespace relay {

// "address.city" as address, city. nullopt: an empty name, or one with a NUL, which no field has.
std::optional<FieldPath> parse_path(std::string_view text);
std::string format_path(const FieldPath& path);

// `inner` is `outer`, or lies below it.
bool is_within(const FieldPath& inner, const FieldPath& outer);

}  // namespace relay
