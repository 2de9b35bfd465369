// JSON in one form: the bytes are the same if and only if JSONB calls the values equal.
//
//   value  = "z" | "t" | "f"            null, true, false
//          | "#" sized                  a number: canonical_decimal.h
//          | string
//          | "[" value* "]"
//          | "{" (string value)* "}"    names in JSONB's order: by length, then by bytes
//   string = "s" sized                  its characters in UTF-8, no escapes
//
// 1, 1.0 and 1e0 are one number, as in JSONB: that a field was an integer or a double is what plain
// form does not keep (docs/values.md), and extended form says it in words.
#pragma once

#include <string>
#include <string_view>

namespace relay {

// `json`: as the relay writes it or as jsonb::text prints it, nested to any depth. False: no JSON,
// or a name twice in one object; `out` may end with part of it then.
bool append_canonical_json(std::string_view json, std::string& out);

}  // namespace relay
