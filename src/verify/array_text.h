// The text form of an array, as PostgreSQL prints it and as arrays travel to it: {1,NULL,"a b"}.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

// Without quotes and backslashes; nullopt: NULL.
using ArrayElements = std::vector<std::optional<std::string>>;

// nullopt: not such a text, or an array of arrays, or one whose first element is not number 1 (the
// text says so in front). The relay writes neither of these two.
std::optional<ArrayElements> parse_array_text(std::string_view text);

}  // namespace relay
