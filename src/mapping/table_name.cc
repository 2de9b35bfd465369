#include "mapping/table_name.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/utf8.h"

namespace relay {
namespace {

constexpr std::string_view kDefaultTemplate = "{db}.{collection}";
constexpr std::string_view kDatabase = "{db}";
constexpr std::string_view kCollection = "{collection}";

// "_" and eight digits.
constexpr std::size_t kSuffixBytes = 9;

Error invalid(std::string message) {
  return Error{ErrorKind::config_invalid, std::move(message), ""};
}

// One part of the template with the names put in, as long as it becomes.
Result<std::string> expand(std::string_view part, NamespaceView ns) {
  std::string out;
  while (!part.empty()) {
    if (part.starts_with(kDatabase)) {
      out += ns.database;
      part.remove_prefix(kDatabase.size());
    } else if (part.starts_with(kCollection)) {
      out += ns.collection;
      part.remove_prefix(kCollection.size());
    } else if (part.front() == '{' || part.front() == '}') {
      return invalid("table names know {db} and {collection} and no other braces");
    } else {
      out.push_back(part.front());
      part.remove_prefix(1);
    }
  }
  return out;
}

Result<std::string> fill(std::string_view part, NamespaceView ns) {
  const Result<std::string> name = expand(part, ns);
  return name.ok() ? fit_name(name.value()) : name;
}

// Tables of the relay itself in the target: docs/guarantees.md.
bool is_bookkeeping(const TableName& name) {
  return name.schema == "relay" &&
         (name.table == "checkpoint" || name.table == "snapshot" || name.table == "dead_letter");
}

}  // namespace

std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf2'9ce4'8422'2325U;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x0000'0100'0000'01b3U;
  }
  return hash;
}

bool is_storable_name(std::string_view name) {
  return !name.empty() && name.find('\0') == std::string_view::npos && is_utf8(name);
}

std::string add_name_hash(std::string_view name) {
  const std::string_view start = cut_text(name, kNameBytesMax - kSuffixBytes);
  const std::uint64_t hash = hash_name(name);
  std::array<char, kSuffixBytes + 1> suffix{};
  std::snprintf(suffix.data(),
                suffix.size(),
                "_%08x",
                static_cast<std::uint32_t>(hash >> 32U) ^ static_cast<std::uint32_t>(hash));
  return std::string(start) + suffix.data();
}

Result<std::string> fit_name(std::string_view name) {
  if (name.empty()) return invalid("a name is empty");
  if (name.find('\0') != std::string_view::npos) return invalid("a name holds a NUL byte");
  if (!is_utf8(name)) return invalid("the name " + show_name(name) + " is not UTF-8");
  if (name.size() <= kNameBytesMax) return std::string(name);
  return add_name_hash(name);
}

Result<TableName> make_table_name(std::string_view name_template, NamespaceView ns) {
  if (name_template.empty()) name_template = kDefaultTemplate;
  const std::size_t dot = name_template.find('.');
  if (dot == std::string_view::npos) {
    return invalid(show_name(name_template) + " is not of the form schema.table");
  }
  Result<std::string> schema = fill(name_template.substr(0, dot), ns);
  if (!schema.ok()) return schema.error();
  Result<std::string> table = fill(name_template.substr(dot + 1), ns);
  if (!table.ok()) return table.error();
  TableName name{std::move(schema.value()), std::move(table.value())};
  if (is_bookkeeping(name)) return invalid(format_table(name) + " is a table of the relay itself");
  return name;
}

std::string expand_table_name(std::string_view name_template, NamespaceView ns) {
  if (!make_table_name(name_template, ns).ok()) return "";
  if (name_template.empty()) name_template = kDefaultTemplate;
  const std::size_t dot = name_template.find('.');
  return expand(name_template.substr(0, dot), ns).value() + "." +
         expand(name_template.substr(dot + 1), ns).value();
}

PlaceholderUse placeholders_of(std::string_view name_template) {
  if (name_template.empty()) name_template = kDefaultTemplate;
  return {name_template.find(kDatabase) != std::string_view::npos,
          name_template.find(kCollection) != std::string_view::npos};
}

std::string show_name(std::string_view name) {
  std::string out = "\"";
  while (!name.empty()) {
    const auto byte = static_cast<unsigned char>(name.front());
    const std::size_t size = utf8_character_bytes(name);
    if (size == 0 || byte < 0x20 || byte == 0x7f) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\x%02x", static_cast<unsigned>(byte));
      out += escape.data();
    } else {
      if (byte == '"' || byte == '\\') out.push_back('\\');
      out += name.substr(0, size);
    }
    name.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out + "\"";
}

}  // namespace relay
