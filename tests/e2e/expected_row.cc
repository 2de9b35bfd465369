#include "e2e/expected_row.h"

#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string_view>

#include "e2e/bson.h"

namespace relay {
namespace {

// The one value of a document as canonical Extended JSON, by libbson.
std::string canonical(const bson_iter_t& at) {
  Bson single;
  bson_append_iter(single.get(), "v", 1, &at);
  char* text = bson_as_canonical_extended_json(single.get(), nullptr);
  const std::string whole = text;
  bson_free(text);
  const std::size_t start = whole.find(':') + 1;
  return whole.substr(start, whole.rfind('}') - start);
}

std::string json_of_double(const bson_iter_t& at) {
  const double value = bson_iter_double(&at);
  if (!std::isfinite(value) || (value == 0 && std::signbit(value))) return canonical(at);
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  std::string shortest = text;
  if (shortest.find_first_of(".e") == std::string::npos) shortest += ".0";
  return shortest;
}

std::string json_of_date(const bson_iter_t& at) {
  const std::int64_t ms = bson_iter_date_time(&at);
  const std::int64_t fraction = (ms % 1000 + 1000) % 1000;
  const std::time_t seconds = ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
  std::tm date{};
  gmtime_r(&seconds, &date);
  const int year = date.tm_year + 1900;
  if (year < 1 || year > 9999) {
    return R"({"$date":{"$numberLong":")" + std::to_string(ms) + R"("}})";
  }
  char text[48];
  const std::size_t end = std::strftime(text, sizeof text, "%m-%dT%H:%M:%S", &date);
  char whole[80];
  std::snprintf(whole,
                sizeof whole,
                "\"%04d-%.*s.%03dZ\"",
                year,
                static_cast<int>(end),
                text,
                static_cast<int>(fraction));
  return whole;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const char c = i + k < bytes.size() ? bytes[i + k] : '\0';
      group = group << 8U | static_cast<unsigned char>(c);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const bool is_padding = i + k > bytes.size();
      out += is_padding ? '=' : kDigits[group >> (18 - 6 * k) & 63U];
    }
  }
  return out;
}

std::string json_of_text(std::string_view text) {
  if (bson_utf8_validate(text.data(), text.size(), false)) return quote_json(text);
  return R"({"$string":{"base64":")" + base64(text) + R"("}})";
}

std::string json_of_text(const bson_iter_t& at) {
  std::uint32_t size = 0;
  if (BSON_ITER_HOLDS_CODE(&at)) {
    const char* const code = bson_iter_code(&at, &size);
    return R"({"$code":)" + json_of_text(std::string_view(code, size)) + '}';
  }
  if (BSON_ITER_HOLDS_SYMBOL(&at)) {
    const char* const symbol = bson_iter_symbol(&at, &size);
    return R"({"$symbol":)" + json_of_text(std::string_view(symbol, size)) + '}';
  }
  const char* const text = bson_iter_utf8(&at, &size);
  return json_of_text(std::string_view(text, size));
}

std::string json_of_binary(const bson_iter_t& at) {
  bson_subtype_t subtype = BSON_SUBTYPE_BINARY;
  std::uint32_t size = 0;
  const std::uint8_t* bytes = nullptr;
  bson_iter_binary(&at, &subtype, &size, &bytes);
  if (subtype != BSON_SUBTYPE_UUID || size != 16) return canonical(at);
  std::string text;
  for (std::uint32_t i = 0; i < size; ++i) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(bytes[i]));
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits;
  }
  return '"' + text + '"';
}

std::string json_of_object_id(const bson_iter_t& at) {
  char text[25];
  bson_oid_to_string(bson_iter_oid(&at), text);
  return '"' + std::string(text) + '"';
}

std::string json_of_fields(bson_iter_t fields, bool is_array);

std::string json_of(const bson_iter_t& at) {
  bson_iter_t inner;
  switch (bson_iter_type(&at)) {
    case BSON_TYPE_UTF8:
    case BSON_TYPE_CODE:
    case BSON_TYPE_SYMBOL:
      return json_of_text(at);
    case BSON_TYPE_BOOL:
      return bson_iter_bool(&at) ? "true" : "false";
    case BSON_TYPE_NULL:
      return "null";
    case BSON_TYPE_INT32:
    case BSON_TYPE_INT64:
      return std::to_string(bson_iter_as_int64(&at));
    case BSON_TYPE_DOUBLE:
      return json_of_double(at);
    case BSON_TYPE_DATE_TIME:
      return json_of_date(at);
    case BSON_TYPE_OID:
      return json_of_object_id(at);
    case BSON_TYPE_BINARY:
      return json_of_binary(at);
    case BSON_TYPE_DECIMAL128:
    case BSON_TYPE_TIMESTAMP:
    case BSON_TYPE_REGEX:
    case BSON_TYPE_MINKEY:
    case BSON_TYPE_MAXKEY:
      return canonical(at);
    case BSON_TYPE_DOCUMENT:
    case BSON_TYPE_ARRAY:
      if (!bson_iter_recurse(&at, &inner)) throw std::runtime_error("a broken document");
      return json_of_fields(inner, bson_iter_type(&at) == BSON_TYPE_ARRAY);
    case BSON_TYPE_EOD:
    case BSON_TYPE_UNDEFINED:
    case BSON_TYPE_DBPOINTER:
    case BSON_TYPE_CODEWSCOPE:
      break;
  }
  throw std::runtime_error("no expectation for this BSON type");
}

std::string json_of_fields(bson_iter_t fields, bool is_array) {
  std::string out;
  bool has_dollar = false;
  while (bson_iter_next(&fields)) {
    if (!out.empty()) out += ',';
    const std::string_view name(bson_iter_key(&fields), bson_iter_key_len(&fields));
    has_dollar = has_dollar || name.starts_with('$');
    if (!is_array) out += quote_json(name) + ':';
    out += json_of(fields);
  }
  if (is_array) return '[' + out + ']';
  return has_dollar ? R"({"$literal":{)" + out + "}}" : '{' + out + '}';
}

// Inside a document that is a key: as a key by itself, texts quoted.
std::string key_of(const bson_iter_t& at, bool is_inside);

std::string key_of_document(const bson_iter_t& at) {
  bson_iter_t fields;
  if (!bson_iter_recurse(&at, &fields)) throw std::runtime_error("a broken document");
  const bool is_array = BSON_ITER_HOLDS_ARRAY(&at);
  std::string out;
  while (bson_iter_next(&fields)) {
    if (!out.empty()) out += ',';
    if (!is_array) out += quote_json(bson_iter_key(&fields)) + ':';
    out += key_of(fields, true);
  }
  return is_array ? '[' + out + ']' : '{' + out + '}';
}

std::string key_of_text(const bson_iter_t& at, bool is_inside) {
  std::uint32_t size = 0;
  const char* bytes = bson_iter_utf8(&at, &size);
  const std::string text(bytes, size);
  if (is_inside) return quote_json(text);
  const bool is_word = !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0;
  if (!is_word || text.size() == 24 || text == "true" || text == "false" || text == "null") {
    throw std::runtime_error("no expectation for this _id");
  }
  return text;
}

std::string key_of_double(const bson_iter_t& at) {
  std::string text = json_of_double(at);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string without_blanks(std::string text) {
  std::erase(text, ' ');
  return text;
}

std::string key_of(const bson_iter_t& at, bool is_inside) {
  if (BSON_ITER_HOLDS_INT(&at)) return std::to_string(bson_iter_as_int64(&at));
  if (BSON_ITER_HOLDS_DOUBLE(&at)) return key_of_double(at);
  if (BSON_ITER_HOLDS_BOOL(&at)) return bson_iter_bool(&at) ? "true" : "false";
  if (BSON_ITER_HOLDS_NULL(&at)) return "null";
  if (BSON_ITER_HOLDS_UTF8(&at)) return key_of_text(at, is_inside);
  if (BSON_ITER_HOLDS_DOCUMENT(&at) || BSON_ITER_HOLDS_ARRAY(&at)) return key_of_document(at);
  if (BSON_ITER_HOLDS_OID(&at) && !is_inside) {
    const std::string quoted = json_of_object_id(at);
    return quoted.substr(1, quoted.size() - 2);
  }
  if (BSON_ITER_HOLDS_BINARY(&at) && json_of_binary(at).size() == 38) {
    return R"({"$uuid":)" + json_of_binary(at) + '}';
  }
  const bool is_canonical = BSON_ITER_HOLDS_DATE_TIME(&at) || BSON_ITER_HOLDS_TIMESTAMP(&at) ||
                            BSON_ITER_HOLDS_MINKEY(&at) || BSON_ITER_HOLDS_MAXKEY(&at);
  if (!is_canonical) throw std::runtime_error("no expectation for this type of _id");
  return without_blanks(canonical(at));
}

}  // namespace

std::string expected_json(const bson_t& document) {
  bson_iter_t fields;
  if (!bson_iter_init(&fields, &document)) throw std::runtime_error("a broken document");
  return json_of_fields(fields, false);
}

std::string expected_key(const bson_t& document) {
  bson_iter_t at;
  if (!bson_iter_init_find(&at, &document, "_id")) throw std::runtime_error("no _id");
  return key_of(at, false);
}

}  // namespace relay
