// Patterns for names: `*` stands for any run of characters, also an empty one and one with dots.
#pragma once

#include <string_view>

#include "core/name_space.h"

namespace relay {

bool has_wildcard(std::string_view text);
bool matches_pattern(std::string_view pattern, std::string_view text);

// The server makes it while it writes the result of $out or mapReduce, converts a collection to a
// capped one or moves one to another database, and renames it in the end.
bool is_temporary_collection(std::string_view collection);

// Both parts match, and the namespace is none of the server's own: no `system.*` collection, no
// temporary one, none in admin, local or config. Those are reached by their full name only.
bool matches_namespace(NamespaceView pattern, NamespaceView ns);

// "shop.orders.archive" as shop and orders.archive. Both parts empty: not of that form.
NamespaceView split_namespace(std::string_view text);

}  // namespace relay
