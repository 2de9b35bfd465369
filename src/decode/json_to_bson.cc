#include "decode/json_to_bson.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <optional>

#include "decode/bson_bytes.h"
#include "decode/decimal128.h"
#include "decode/text_parse.h"

namespace relay {
namespace {

using Kind = JsonValue::Kind;

// Names that JSON documents have; in $base64Names all are in base64.
enum class Names : std::uint8_t { plain, base64 };

bool put_members(const JsonValue& object, Names names, std::string& out) {
  const std::size_t start = begin_document(out);
  std::size_t index = 0;
  for (const auto& [name, value] : object.members) {
    std::optional<std::string> real = name;
    if (object.kind == Kind::array) real = std::to_string(index++);
    if (object.kind == Kind::object && names == Names::base64) real = parse_base64(name);
    if (!real || real->find('\0') != std::string::npos) return false;
    if (!put_key_json(*real, value, out)) return false;
  }
  end_document(start, out);
  return true;
}

bool put_nested(std::string_view name, const JsonValue& value, Names names, std::string& out) {
  const bool is_array = value.kind == Kind::array;
  if (!is_array && value.kind != Kind::object) return false;
  begin_element(is_array ? BsonType::array : BsonType::document, name, out);
  return put_members(value, names, out);
}

// A string, or the wrapper of one that is not UTF-8.
std::optional<std::string> text_of(const JsonValue& value) {
  if (value.kind == Kind::string) return value.text;
  const JsonValue* const bytes = value.only("$string");
  const JsonValue* const base64 = bytes == nullptr ? nullptr : bytes->only("base64");
  if (base64 == nullptr || base64->kind != Kind::string) return std::nullopt;
  return parse_base64(base64->text);
}

template <class Integer>
std::optional<Integer> integer_of(const JsonValue* value) {
  if (value == nullptr || (value->kind != Kind::string && value->kind != Kind::number))
    return std::nullopt;
  Integer number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto [stop, status] = std::from_chars(value->text.data(), end, number);
  if (status != std::errc() || stop != end) return std::nullopt;
  return number;
}

// Whether the object has exactly these members, in this order.
bool has_names(const JsonValue& object, std::initializer_list<std::string_view> names) {
  return object.kind == Kind::object &&
         std::ranges::equal(
             object.members, names, {}, [](const auto& member) { return member.name; });
}

bool put_double(std::string_view name, double value, std::string& out) {
  begin_element(BsonType::double_, name, out);
  put_little_endian(std::bit_cast<std::uint64_t>(value), 8, out);
  return true;
}

bool put_number(std::string_view name, const JsonValue& value, std::string& out) {
  if (const auto integer = integer_of<std::int64_t>(&value)) {
    begin_element(BsonType::int64, name, out);
    put_little_endian(static_cast<std::uint64_t>(*integer), 8, out);
    return true;
  }
  double real = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, status] = std::from_chars(value.text.data(), end, real);
  return status == std::errc() && stop == end && put_double(name, real, out);
}

bool put_string_of(BsonType type, std::string_view name, const JsonValue& value, std::string& out) {
  const std::optional<std::string> text = text_of(value);
  if (!text) return false;
  begin_element(type, name, out);
  put_string(*text, out);
  return true;
}

bool put_object_id(std::string_view name, const JsonValue& value, std::string& out) {
  const std::optional<std::string> bytes = parse_hex(value.text);
  if (!bytes || bytes->size() != 12) return false;
  begin_element(BsonType::object_id, name, out);
  out += *bytes;
  return true;
}

bool put_binary_wrapper(std::string_view name, const JsonValue& value, std::string& out) {
  if (!has_names(value, {"base64", "subType"})) return false;
  const std::optional<std::string> bytes = parse_base64(value.members[0].value.text);
  const std::optional<std::string> subtype = parse_hex(value.members[1].value.text);
  if (!bytes || !subtype || subtype->size() != 1) return false;
  begin_element(BsonType::binary, name, out);
  std::string payload = *bytes;
  if (subtype->front() == '\2') {
    // The payload of the old subtype begins with its own length.
    payload.clear();
    put_little_endian(bytes->size(), 4, payload);
    payload += *bytes;
  }
  put_binary(static_cast<std::uint8_t>(subtype->front()), payload, out);
  return true;
}

bool put_uuid(std::string_view name, const JsonValue& value, std::string& out) {
  const std::optional<std::string> bytes = parse_uuid(value.text);
  if (!bytes) return false;
  begin_element(BsonType::binary, name, out);
  put_binary(0x04, *bytes, out);
  return true;
}

bool put_date(std::string_view name, const JsonValue& value, std::string& out) {
  const auto ms = integer_of<std::int64_t>(value.only("$numberLong"));
  if (!ms) return false;
  begin_element(BsonType::date, name, out);
  put_little_endian(static_cast<std::uint64_t>(*ms), 8, out);
  return true;
}

bool put_timestamp(std::string_view name, const JsonValue& value, std::string& out) {
  if (!has_names(value, {"t", "i"})) return false;
  const auto seconds = integer_of<std::uint32_t>(&value.members[0].value);
  const auto increment = integer_of<std::uint32_t>(&value.members[1].value);
  if (!seconds || !increment) return false;
  begin_element(BsonType::timestamp, name, out);
  put_little_endian(*increment, 4, out);
  put_little_endian(*seconds, 4, out);
  return true;
}

bool put_regex(std::string_view name, const JsonValue& value, std::string& out) {
  if (!has_names(value, {"pattern", "options"})) return false;
  begin_element(BsonType::regex, name, out);
  for (const auto& member : value.members) {
    const std::optional<std::string> text = text_of(member.value);
    if (!text || text->find('\0') != std::string::npos) return false;
    out.append(*text).push_back('\0');
  }
  return true;
}

bool put_db_pointer(std::string_view name, const JsonValue& value, std::string& out) {
  if (!has_names(value, {"$ref", "$id"})) return false;
  const std::optional<std::string> collection = text_of(value.members[0].value);
  const JsonValue* const oid = value.members[1].value.only("$oid");
  const auto bytes = oid == nullptr ? std::nullopt : parse_hex(oid->text);
  if (!collection || !bytes || bytes->size() != 12) return false;
  begin_element(BsonType::db_pointer, name, out);
  put_string(*collection, out);
  out += *bytes;
  return true;
}

bool put_code_with_scope(std::string_view name, const JsonValue& value, std::string& out) {
  const std::optional<std::string> code = text_of(value.members[0].value);
  // The scope is a document of its own, which may be wrapped as any other.
  std::string scope;
  if (!code || !put_key_json("", value.members[1].value, scope)) return false;
  if (static_cast<BsonType>(scope.front()) != BsonType::document) return false;
  begin_element(BsonType::code_with_scope, name, out);
  std::string inner;
  put_string(*code, inner);
  inner += std::string_view(scope).substr(2);  // Without type and name.
  put_little_endian(inner.size() + 4, 4, out);
  out += inner;
  return true;
}

bool put_non_finite(std::string_view name, const JsonValue& value, std::string& out) {
  if (value.text == "NaN") return put_double(name, std::nan(""), out);
  if (value.text == "Infinity") return put_double(name, HUGE_VAL, out);
  return value.text == "-Infinity" && put_double(name, -HUGE_VAL, out);
}

template <BsonType kType>
bool put_bare(std::string_view name, const JsonValue&, std::string& out) {
  begin_element(kType, name, out);
  return true;
}

bool put_literal(std::string_view name, const JsonValue& value, std::string& out) {
  return put_nested(name, value, Names::plain, out);
}
bool put_base64_names(std::string_view name, const JsonValue& value, std::string& out) {
  return put_nested(name, value, Names::base64, out);
}
bool put_code(std::string_view name, const JsonValue& value, std::string& out) {
  return put_string_of(BsonType::code, name, value, out);
}
bool put_string_bytes(std::string_view name, const JsonValue& value, std::string& out) {
  const JsonValue* const base64 = value.only("base64");
  const auto bytes = base64 == nullptr ? std::nullopt : parse_base64(base64->text);
  if (!bytes) return false;
  begin_element(BsonType::string, name, out);
  put_string(*bytes, out);
  return true;
}
bool put_decimal_text(std::string_view name, const JsonValue& value, std::string& out) {
  return put_decimal(name, value.text, out);
}

struct Wrapper {
  std::string_view name;
  bool (*put)(std::string_view name, const JsonValue& value, std::string& out);
};

constexpr std::array kWrappers = {
    Wrapper{"$oid", put_object_id},
    Wrapper{"$string", put_string_bytes},
    Wrapper{"$numberDecimal", put_decimal_text},
    Wrapper{"$numberDouble", put_non_finite},
    Wrapper{"$uuid", put_uuid},
    Wrapper{"$binary", put_binary_wrapper},
    Wrapper{"$date", put_date},
    Wrapper{"$timestamp", put_timestamp},
    Wrapper{"$regularExpression", put_regex},
    Wrapper{"$dbPointer", put_db_pointer},
    Wrapper{"$code", put_code},
    Wrapper{"$undefined", put_bare<BsonType::undefined>},
    Wrapper{"$minKey", put_bare<BsonType::min_key>},
    Wrapper{"$maxKey", put_bare<BsonType::max_key>},
    Wrapper{"$literal", put_literal},
    Wrapper{"$base64Names", put_base64_names},
};

}  // namespace

bool put_key_json(std::string_view name, const JsonValue& json, std::string& out) {
  switch (json.kind) {
    case Kind::null:
      begin_element(BsonType::null, name, out);
      return true;
    case Kind::boolean:
      begin_element(BsonType::boolean, name, out);
      out.push_back(json.boolean ? '\1' : '\0');
      return true;
    case Kind::number:
      return put_number(name, json, out);
    case Kind::string:
      return put_string_of(BsonType::string, name, json, out);
    case Kind::array:
      return put_nested(name, json, Names::plain, out);
    case Kind::object:
      break;
  }
  for (const Wrapper& wrapper : kWrappers) {
    if (const JsonValue* const value = json.only(wrapper.name))
      return wrapper.put(name, *value, out);
  }
  if (has_names(json, {"$code", "$scope"})) return put_code_with_scope(name, json, out);
  return put_nested(name, json, Names::plain, out);
}

bool put_decimal(std::string_view name, std::string_view text, std::string& out) {
  if (!is_json_number(text)) return false;
  const bool is_negative = text.starts_with('-');
  std::string digits;
  int exponent = 0;
  bool is_behind_point = false;
  for (std::size_t i = is_negative ? 1 : 0; i < text.size(); ++i) {
    if (text[i] == '.') {
      is_behind_point = true;
    } else if (text[i] == 'e' || text[i] == 'E') {
      int shown = 0;
      const std::size_t start = text[i + 1] == '+' ? i + 2 : i + 1;
      std::from_chars(text.data() + start, text.data() + text.size(), shown);
      exponent += shown;
      break;
    } else {
      digits.push_back(text[i]);
      if (is_behind_point) --exponent;
    }
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  while (digits.ends_with('0')) {
    digits.pop_back();
    ++exponent;
  }
  if (digits.empty()) exponent = 0;
  constexpr std::size_t kDigitsMax = 34;
  constexpr int kExponentMin = -6'176;
  constexpr int kExponentMax = 6'111;
  // A large exponent is made smaller by zeros, as far as there is room for them.
  while (exponent > kExponentMax && digits.size() < kDigitsMax) {
    digits.push_back('0');
    --exponent;
  }
  if (digits.size() > kDigitsMax || exponent < kExponentMin || exponent > kExponentMax)
    return false;
  Uint128 coefficient = 0;
  for (const char digit : digits)
    coefficient = coefficient * 10 + static_cast<unsigned>(digit - '0');
  begin_element(BsonType::decimal128, name, out);
  put_little_endian(static_cast<std::uint64_t>(coefficient), 8, out);
  const auto biased = static_cast<std::uint64_t>(exponent - kExponentMin);
  const std::uint64_t sign = is_negative && !digits.empty() ? std::uint64_t{1} << 63U : 0;
  put_little_endian(sign | biased << 49U | static_cast<std::uint64_t>(coefficient >> 64U), 8, out);
  return true;
}

}  // namespace relay
