// Patterns for names: `*` stands for any run of characters, also an empty one and one with dots.
#pragma once

#include <string_view>

#include "core/name_space.h"

namespace relay {

bool has_wildcard(std::string_view text);
bool matches_pattern(std::string_view pattern, std::string_view text);

// Both parts match, and the namespace is none of the server's own: no `system.*` collection, none
// in admin, local or config. Those are reached by their full name only.
bool matches_namespace(NamespaceView pattern, NamespaceView ns);

// "shop.orders.archive" as shop and orders.archive. Both parts empty: not of that form.
NamespaceView split_namespace(std::string_view text);

}  // namespace relay
