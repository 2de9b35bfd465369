// Reading one value into the slot of its setting, from text or from a TOML value.
//
// A problem comes back as text that begins after the place and the key ("0 is out of bounds, ...");
// the caller knows where the value stood.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/field.h"
#include "config/toml_tree.h"

namespace relay {

// Looks a variable up; nullopt: not set. An empty function is an empty environment.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

// nullopt: read.
using Problem = std::optional<std::string>;

// Whether a message may show the value.
enum class Echo : std::uint8_t { shown, hidden };

// What stands behind a text: itself, or what "${VAR}", "file:/path" or "sealed:..." refer to.
struct Expanded {
  std::string text;
  Problem problem;
  bool is_reference = false;
};
Expanded expand(const std::string& text, const Environment& environment);

// Text as it comes from the environment, --set or a flag: in the type of the setting. Text in
// double quotes is read as a TOML string.
Problem read_text(const FieldInfo& info,
                  const Slot& slot,
                  const std::string& text,
                  const Environment& environment);

Problem read_node(const FieldInfo& info,
                  const Slot& slot,
                  const TomlNode& node,
                  const Environment& environment);

// "an integer", `a duration such as "500ms"` ...
std::string_view describe_type(FieldType type);

}  // namespace relay
