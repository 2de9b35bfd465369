#include "plan/sql_name.h"

namespace relay {
namespace {

Error name_error(std::string_view why) {
  return {ErrorKind::config_invalid,
          "quote a name for the target: " + std::string(why),
          "choose other names with `to = \"schema.table\"`"};
}

// Bytes of the UTF-8 sequence that `text` begins with; 0: it begins with none. Overlong forms,
// surrogates and values above U+10FFFF are none (Unicode 15, table 3-7).
std::size_t utf8_sequence_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_tail = [&byte](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
  const unsigned lead = byte(0);
  if (lead <= 0x7F) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return is_tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned second_min = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned second_max = lead == 0xED ? 0x9F : 0xBF;
    return byte(1) >= second_min && byte(1) <= second_max && is_tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned second_min = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned second_max = lead == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= second_min && byte(1) <= second_max && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = utf8_sequence_bytes(text);
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
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
