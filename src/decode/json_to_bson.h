// JSON inside a key text back to BSON: the inverse of ValueForm::key.
#pragma once

#include <string>
#include <string_view>

#include "decode/json_value.h"

namespace relay {

// Appends an element with the name and the value that `json` stands for. False: it stands for none;
// `out` may end with part of the element then.
bool put_key_json(std::string_view name, const JsonValue& json, std::string& out);

// A Decimal128 of digits with or without a point, an exponent or a sign. False: more digits than it
// holds, zeros at either end apart.
bool put_decimal(std::string_view name, std::string_view text, std::string& out);

}  // namespace relay
