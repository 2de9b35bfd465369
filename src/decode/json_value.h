// JsonValue: a small JSON text as a tree. For texts the relay has written itself, key texts above
// all; nothing on the hot path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relay {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  std::string text{};  // string: its characters; number: as it stands.
  // array: names are empty. object: in their order, repeated ones too.
  std::vector<JsonMember> members;

  // nullptr unless this is an object with exactly one member, of this name.
  [[nodiscard]] const JsonValue* only(std::string_view name) const;
};

struct JsonMember {
  std::string name{};
  JsonValue value{};
};

// nullopt: no JSON, blanks before or behind it, or nested deeper than `depth_max`.
std::optional<JsonValue> parse_json(std::string_view text, std::size_t depth_max);

// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view text);

}  // namespace relay
