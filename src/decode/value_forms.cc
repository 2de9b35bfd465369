// The part of ValueWriter that is about single values: how each BSON type looks in each form.
#include <cmath>
#include <cstring>

#include "decode/decimal128.h"
#include "decode/text_format.h"
#include "decode/value_writer.h"

namespace relay {
namespace {

constexpr std::uint8_t kSubtypeOld = 0x02;
constexpr std::uint8_t kSubtypeUuid = 0x04;
constexpr std::size_t kUuidSize = 16;

bool is_plain(ValueForm form) {
  return form == ValueForm::plain_postgresql || form == ValueForm::plain_cratedb;
}

char* write_chars(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* write_non_finite(char* at, double value) {
  at = write_chars(at, "{\"$numberDouble\":\"");
  at = write_chars(at, name_non_finite(value));
  return write_chars(at, "\"}");
}

}  // namespace

char* write_key_double(char* at, double value) {
  if (!std::isfinite(value)) return write_non_finite(at, value);
  constexpr double kInt64Limit =
      9'223'372'036'854'775'808.0;  // 2^63: exclusive above, inclusive below.
  if (value >= -kInt64Limit && value < kInt64Limit && value == std::trunc(value)) {
    return std::to_chars(at, at + kKeyNumberMax, static_cast<std::int64_t>(value)).ptr;
  }
  return write_double_shortest(at, value);
}

char* write_key_decimal(char* at, const std::uint8_t* bytes) {
  const Decimal128 loaded = load_decimal128(bytes);
  if (loaded.kind == Decimal128::Kind::nan) return write_non_finite(at, std::nan(""));
  if (loaded.kind == Decimal128::Kind::infinite) {
    return write_non_finite(at, loaded.is_negative ? -HUGE_VAL : HUGE_VAL);
  }
  const Decimal128 value = normalise(loaded);
  if (const auto integer = to_int64(value))
    return std::to_chars(at, at + kKeyNumberMax, *integer).ptr;
  if (const auto number = to_double(value)) return write_double_shortest(at, *number);
  at = write_chars(at, "{\"$numberDecimal\":\"");
  at = write_decimal128(at, value);
  return write_chars(at, "\"}");
}

Rejection ValueWriter::write_value(const BsonElement& element, ValueForm form) {
  switch (element.type) {
    case BsonType::string:
      write_text(element.text(), form);
      break;
    case BsonType::int32:
      write_integer(load_i32(element.value_at), "{\"$numberInt\":\"", form);
      break;
    case BsonType::int64:
      write_integer(load_i64(element.value_at), "{\"$numberLong\":\"", form);
      break;
    case BsonType::double_:
      write_double(load_double(element.value_at), form);
      break;
    case BsonType::document:
    case BsonType::array:
      return open_frame(element.document(), element.type, form, 1);
    case BsonType::object_id:
      write_object_id(element.value_at, form);
      break;
    case BsonType::boolean:
      text_.put(*element.value_at != 0 ? std::string_view("true") : std::string_view("false"));
      break;
    case BsonType::date:
      write_date(load_i64(element.value_at), form);
      break;
    case BsonType::null:
      text_.put("null");
      break;
    case BsonType::binary:
      write_binary(element, form);
      break;
    case BsonType::decimal128:
      write_decimal(element.value_at, form);
      break;
    case BsonType::timestamp:
      write_timestamp(element.value_at);
      break;
    case BsonType::regex:
      write_regex(element, form);
      break;
    case BsonType::code:
      write_wrapped_text("{\"$code\":", element.text(), form);
      break;
    case BsonType::symbol:
      // MongoDB calls a symbol and a string with the same bytes equal, so a key shows no
      // difference.
      if (form == ValueForm::key) {
        write_text(element.text(), form);
      } else {
        write_wrapped_text("{\"$symbol\":", element.text(), form);
      }
      break;
    case BsonType::code_with_scope:
      return write_code_with_scope(element, form);
    case BsonType::db_pointer:
      write_db_pointer(element, form);
      break;
    case BsonType::undefined:
      text_.put("{\"$undefined\":true}");
      break;
    case BsonType::min_key:
      text_.put("{\"$minKey\":1}");
      break;
    case BsonType::max_key:
      text_.put("{\"$maxKey\":1}");
      break;
  }
  return Rejection::none;
}

void ValueWriter::write_text(std::string_view value, ValueForm form) {
  const std::size_t start = text_.size();
  text_.put('"');
  if (put_json_characters(text_, value, form == ValueForm::key ? NulRule::escape : NulRule::refuse))
      [[likely]] {
    text_.put('"');
    return;
  }
  text_.cut(start);
  text_.put("{\"$string\":{\"base64\":\"");
  put_base64(text_, reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
  text_.put("\"}}");
}

void ValueWriter::write_wrapped_text(std::string_view opening,
                                     std::string_view value,
                                     ValueForm form) {
  text_.put(opening);
  write_text(value, form);
  text_.put('}');
}

template <class Integer>
void ValueWriter::write_integer(Integer value, std::string_view wrapper, ValueForm form) {
  if (form != ValueForm::canonical) {
    text_.put_integer(value);
    return;
  }
  text_.put(wrapper);
  text_.put_integer(value);
  text_.put("\"}");
}

void ValueWriter::write_double(double value, ValueForm form) {
  char* at = text_.room(kKeyNumberMax);
  if (form == ValueForm::key) {
    text_.advance_to(write_key_double(at, value));
    return;
  }
  if (!std::isfinite(value)) {
    text_.advance_to(write_non_finite(at, value));
    return;
  }
  if (is_plain(form) && !(value == 0 && std::signbit(value))) {
    text_.advance_to(relay::write_double(at, value));
    return;
  }
  at = write_chars(at, "{\"$numberDouble\":\"");
  at = relay::write_double(at, value);
  text_.advance_to(write_chars(at, "\"}"));
}

void ValueWriter::write_decimal(const std::uint8_t* bytes, ValueForm form) {
  char* at = text_.room(kKeyNumberMax);
  if (form == ValueForm::key) {
    text_.advance_to(write_key_decimal(at, bytes));
    return;
  }
  at = write_chars(at, "{\"$numberDecimal\":\"");
  at = write_decimal128(at, load_decimal128(bytes));
  text_.advance_to(write_chars(at, "\"}"));
}

void ValueWriter::write_object_id(const std::uint8_t* bytes, ValueForm form) {
  char* at = text_.room(48);
  at = write_chars(at, is_plain(form) ? "\"" : "{\"$oid\":\"");
  at = write_hex(at, bytes, 12);
  text_.advance_to(write_chars(at, is_plain(form) ? "\"" : "\"}"));
}

void ValueWriter::write_date(std::int64_t ms, ValueForm form) {
  if (is_plain(form) && ms >= kDateTextMin && ms <= kDateTextMax) {
    if (form == ValueForm::plain_cratedb) {
      text_.put_integer(ms);
      return;
    }
    char* at = text_.room(32);
    *at = '"';
    at = relay::write_date(at + 1, ms);
    *at = '"';
    text_.advance_to(at + 1);
    return;
  }
  text_.put("{\"$date\":{\"$numberLong\":\"");
  text_.put_integer(ms);
  text_.put("\"}}");
}

void ValueWriter::write_binary(const BsonElement& element, ValueForm form) {
  const std::uint8_t subtype = element.value_at[4];
  const std::uint8_t* bytes = element.value_at + 5;
  std::size_t size = element.value_size - 5;
  if (is_plain(form) && subtype == kSubtypeUuid && size == kUuidSize) {
    char* at = text_.room(40);
    *at = '"';
    at = write_uuid(at + 1, bytes);
    *at = '"';
    text_.advance_to(at + 1);
    return;
  }
  if (subtype == kSubtypeOld) {
    bytes += 4;
    size -= 4;
  }
  text_.put("{\"$binary\":{\"base64\":\"");
  put_base64(text_, bytes, size);
  text_.put("\",\"subType\":\"");
  text_.advance_to(write_hex(text_.room(2), &subtype, 1));
  text_.put("\"}}");
}

void ValueWriter::write_timestamp(const std::uint8_t* bytes) {
  text_.put("{\"$timestamp\":{\"t\":");
  text_.put_integer(load_u32(bytes + 4));
  text_.put(",\"i\":");
  text_.put_integer(load_u32(bytes));
  text_.put("}}");
}

// Options stay in their order: the server keeps documents apart that differ in it.
void ValueWriter::write_regex(const BsonElement& element, ValueForm form) {
  const std::string_view both = view_text(element.value_at, element.value_size);
  const std::size_t split = both.find('\0');
  text_.put("{\"$regularExpression\":{\"pattern\":");
  write_text(both.substr(0, split), form);
  text_.put(",\"options\":");
  write_text(both.substr(split + 1, both.size() - split - 2), form);
  text_.put("}}");
}

void ValueWriter::write_db_pointer(const BsonElement& element, ValueForm form) {
  const std::size_t string_size = element.value_size - 12;
  text_.put("{\"$dbPointer\":{\"$ref\":");
  write_text(view_text(element.value_at + 4, string_size - 5), form);
  text_.put(",\"$id\":");
  write_object_id(element.value_at + string_size, ValueForm::canonical);
  text_.put("}}");
}

// The scope of a plain value is canonical, as the whole wrapper is.
Rejection ValueWriter::write_code_with_scope(const BsonElement& element, ValueForm form) {
  const std::uint8_t* const code = element.value_at + 4;
  const std::size_t code_size = load_u32(code);
  const std::uint8_t* const scope = code + 4 + code_size;
  const RawDocument document(scope, element.value_at + element.value_size);
  text_.put("{\"$code\":");
  write_text(view_text(code + 4, code_size - 1), form);
  text_.put(",\"$scope\":");
  const ValueForm inside = is_plain(form) ? ValueForm::canonical : form;
  return open_frame(document, BsonType::document, inside, 2);
}

}  // namespace relay
