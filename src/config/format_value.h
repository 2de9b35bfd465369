// Settings as TOML text, secrets hidden.
#pragma once

#include <string>
#include <string_view>

#include "config/field.h"

namespace relay {

// In double quotes, escaped as TOML asks for.
std::string format_toml_string(std::string_view text);

// The value in a slot as TOML has it: "500ms" in quotes, 5000 bare. Passwords become ***.
std::string format_value(const FieldInfo& info, const Slot& slot);

}  // namespace relay
