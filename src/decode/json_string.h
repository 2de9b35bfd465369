// A string of JSON text, without its escapes.
#pragma once

#include <string>
#include <string_view>

namespace relay {

// `text` begins with the opening quote, and behind the closing one afterwards. Appends the
// characters. False: no string; `text` and `out` are somewhere in between then. Bytes that stand
// for themselves are taken as they are, UTF-8 or not; the escape of a low surrogate alone makes
// bytes that are none.
bool take_json_string(std::string_view& text, std::string& out);

}  // namespace relay
