#include "plan/sql_name.h"

#include "core/utf8.h"

namespace relay {
namespace {

Error name_error(std::string_view why) {
  return {ErrorKind::config_invalid,
          "quote a name for the target: " + std::string(why),
          "choose other names with `to = \"schema.table\"`"};
}

}  // namespace

Result<std::string> quote_identifier(std::string_view name) {
  if (name.empty()) return name_error("it is empty");
  if (name.size() > kIdentifierBytesMax) {
    return name_error("it has " + std::to_string(name.size()) + " bytes, the most is " +
                      std::to_string(kIdentifierBytesMax));
  }
  if (name.find('\0') != std::string_view::npos) return name_error("it has a NUL character");
  if (!is_utf8(name)) return name_error("it is not UTF-8");
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string quote_literal(std::string_view text) {
  std::string quoted = text.find('\\') == std::string_view::npos ? "'" : "E'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted.push_back(c);
    quoted.push_back(c);
  }
  quoted.push_back('\'');
  return quoted;
}

Result<std::string> quote_table(const TableName& name) {
  Result<std::string> schema = quote_identifier(name.schema);
  if (!schema.ok()) return schema;
  Result<std::string> table = quote_identifier(name.table);
  if (!table.ok()) return table;
  return schema.value() + "." + table.value();
}

}  // namespace relay
