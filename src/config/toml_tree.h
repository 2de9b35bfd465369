// TomlTree: a TOML file as plain data with the place of every key and value. The only file of this
// folder that knows the TOML library is toml_tree.cc.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace relay {

// 1-based; columns count bytes.
struct TextPlace {
  std::int64_t line = 1;
  std::int64_t column = 1;

  auto operator<=>(const TextPlace&) const = default;
};

struct TomlMember;

// A number that its type cannot hold exactly enough to be the one in the file.
struct TomlOutOfRange {};
// A date or time without a zone.
struct TomlLocalTime {};

struct TomlNode {
  using List = std::vector<TomlNode>;
  using Table = std::vector<TomlMember>;  // In the order of the file.

  TextPlace place;
  std::variant<bool,
               std::int64_t,
               double,
               std::string,
               std::chrono::sys_time<std::chrono::milliseconds>,
               TomlLocalTime,
               TomlOutOfRange,
               List,
               Table>
      value;
};

struct TomlMember {
  std::string key;
  TextPlace place;
  TomlNode node;
};

// config_invalid: "NAME:3:7: not valid TOML: ...", one line.
Result<TomlNode> parse_toml(const std::string& text, const std::string& name);

// "an integer", "a string" ...: for messages.
std::string_view describe_node(const TomlNode& node);

// "relay.toml:3:7"
std::string format_place(std::string_view name, TextPlace place);

// The library's version, for `relay --version`.
std::string toml_library_version();

}  // namespace relay
