// What to say about a key that no table of settings has.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace relay {

// "unknown key; did you mean batch_rows?" or, when nothing is near, "unknown key; known here: uri,
// ...".
std::string explain_unknown_key(std::string_view key, std::span<const std::string_view> known);

// A key of a user's file inside a one-line message: as it is, or quoted when it is no bare key.
std::string show_key(std::string_view key);

}  // namespace relay
