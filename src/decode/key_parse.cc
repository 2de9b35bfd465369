#include "decode/key_parse.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "decode/bson_bytes.h"
#include "decode/json_to_bson.h"
#include "decode/json_value.h"
#include "decode/json_writer.h"
#include "decode/key_text.h"
#include "decode/text_parse.h"

namespace relay {
namespace {

constexpr std::string_view kId = "_id";

// Each level may stand in a $literal, and the value inside in two objects: {"$date":{...}}.
constexpr std::size_t kJsonDepthMax = 2 * kDepthMax + 3;

bool is_hex_key(std::string_view text) {
  return text.size() == 24 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

void put_text(std::string_view text, std::string& out) {
  begin_element(BsonType::string, kId, out);
  put_string(text, out);
}

bool put_text_key(std::string_view text, std::string& out) {
  if (is_hex_key(text)) {
    begin_element(BsonType::object_id, kId, out);
    out += *parse_hex(text);
    return true;
  }
  if (!is_key_ambiguous(text)) {
    put_text(text, out);
    return true;
  }
  const std::optional<JsonValue> json = parse_json(text, kJsonDepthMax);
  return json && put_key_json(kId, *json, out);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool put_double(std::string_view text, std::string& out) {
  double value = 0;
  if (text == "NaN") {
    value = std::nan("");
  } else if (text == "Infinity" || text == "-Infinity") {
    value = text.front() == '-' ? -HUGE_VAL : HUGE_VAL;
  } else {
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc() || end != text.data() + text.size()) return false;
  }
  begin_element(BsonType::double_, kId, out);
  put_little_endian(std::bit_cast<std::uint64_t>(value), 8, out);
  return true;
}

bool put_numeric(std::string_view text, std::string& out) {
  if (text == "NaN" || text.ends_with("Infinity")) return put_double(text, out);
  return put_decimal(kId, text, out);
}

bool put_binary_key(std::uint8_t subtype,
                    const std::optional<std::string>& bytes,
                    std::string& out) {
  if (!bytes) return false;
  begin_element(BsonType::binary, kId, out);
  put_binary(subtype, *bytes, out);
  return true;
}

bool put_key(TypeName type, std::string_view text, std::string& out) {
  switch (type) {
    case TypeName::text:
      return put_text_key(text, out);
    case TypeName::boolean:
      if (text != "t" && text != "f" && text != "true" && text != "false") return false;
      begin_element(BsonType::boolean, kId, out);
      out.push_back(text.front() == 't' ? '\1' : '\0');
      return true;
    case TypeName::integer:
    case TypeName::bigint: {
      const std::optional<std::int64_t> value = parse_integer(text);
      if (!value) return false;
      begin_element(BsonType::int64, kId, out);
      put_little_endian(static_cast<std::uint64_t>(*value), 8, out);
      return true;
    }
    case TypeName::double_precision:
      return put_double(text, out);
    case TypeName::numeric:
      return put_numeric(text, out);
    case TypeName::timestamp: {
      const std::optional<std::int64_t> ms = parse_timestamp(text);
      if (!ms) return false;
      begin_element(BsonType::date, kId, out);
      put_little_endian(static_cast<std::uint64_t>(*ms), 8, out);
      return true;
    }
    case TypeName::uuid:
      return put_binary_key(0x04, parse_uuid(text), out);
    case TypeName::bytea:
      return text.starts_with("\\x") && put_binary_key(0x00, parse_hex(text.substr(2)), out);
    case TypeName::json:
      break;
  }
  return false;
}

}  // namespace

bool parse_key(const ColumnType& key_type,
               std::string_view column_text,
               std::string& bson_document) {
  if (key_type.is_array) return false;
  bson_document.clear();
  const std::size_t start = begin_document(bson_document);
  if (!put_key(key_type.name, column_text, bson_document)) return false;
  end_document(start, bson_document);
  std::string text;
  if (!append_key_text(view_of_bytes(bson_document), text)) return false;
  // Of several texts that read alike, the relay writes one.
  return key_type.name != TypeName::text || text == column_text;
}

}  // namespace relay
