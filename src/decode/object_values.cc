// The part of ObjectWriter that is about single values: what of them a sub-column stores exactly.
#include <array>
#include <cmath>
#include <limits>

#include "decode/document_look.h"
#include "decode/object_writer.h"
#include "decode/text_format.h"
#include "decode/tree_writer.h"

namespace relay {
namespace {

constexpr double kInt64Limit = 9'223'372'036'854'775'808.0;  // 2^63
constexpr std::uint8_t kSubtypeUuid = 0x04;
constexpr std::size_t kUuidSize = 16;

// What values that are objects in JSON consist of, the first five in canonical JSON only. One line
// a field that is no object itself.
struct WrapperField {
  BsonType bson;
  std::string_view name;
  std::string_view inner;  // Empty: the field `name` is it.
  ObjectType type;
};
constexpr std::array kWrapperFields = {
    WrapperField{BsonType::int32, "$numberInt", "", ObjectType::text},
    WrapperField{BsonType::int64, "$numberLong", "", ObjectType::text},
    WrapperField{BsonType::double_, "$numberDouble", "", ObjectType::text},
    WrapperField{BsonType::object_id, "$oid", "", ObjectType::text},
    WrapperField{BsonType::date, "$date", "$numberLong", ObjectType::text},
    WrapperField{BsonType::decimal128, "$numberDecimal", "", ObjectType::text},
    WrapperField{BsonType::binary, "$binary", "base64", ObjectType::text},
    WrapperField{BsonType::binary, "$binary", "subType", ObjectType::text},
    WrapperField{BsonType::timestamp, "$timestamp", "t", ObjectType::bigint},
    WrapperField{BsonType::timestamp, "$timestamp", "i", ObjectType::bigint},
    WrapperField{BsonType::regex, "$regularExpression", "pattern", ObjectType::text},
    WrapperField{BsonType::regex, "$regularExpression", "options", ObjectType::text},
    WrapperField{BsonType::code, "$code", "", ObjectType::text},
    WrapperField{BsonType::symbol, "$symbol", "", ObjectType::text},
    WrapperField{BsonType::undefined, "$undefined", "", ObjectType::boolean},
    WrapperField{BsonType::min_key, "$minKey", "", ObjectType::bigint},
    WrapperField{BsonType::max_key, "$maxKey", "", ObjectType::bigint},
};

bool is_exact_double(std::int64_t value) {
  const auto number = static_cast<double>(value);
  return number < kInt64Limit && static_cast<std::int64_t>(number) == value;
}

}  // namespace

bool ObjectWriter::put_scalar(const BsonElement& element, Place place, TextBuffer& data) {
  const bool is_bare = element.type == BsonType::string || element.type == BsonType::boolean;
  if (place.is_canonical && !is_bare) return put_wrapper(element, place, data);
  switch (element.type) {
    case BsonType::int32:
      return put_integer(load_i32(element.value_at), place, data);
    case BsonType::int64:
      return put_integer(load_i64(element.value_at), place, data);
    case BsonType::date: {
      const std::int64_t ms = load_i64(element.value_at);
      return ms >= kDateTextMin && ms <= kDateTextMax && put_integer(ms, place, data);
    }
    case BsonType::double_:
      return put_double(load_double(element.value_at), place, data);
    case BsonType::boolean:
      if (!take(place, ObjectType::boolean)) return false;
      data.put(*element.value_at != 0 ? std::string_view("true") : std::string_view("false"));
      return true;
    case BsonType::string:
      return put_text(element.text(), place, data);
    case BsonType::object_id: {
      if (!take(place, ObjectType::text)) return false;
      data.put('"');
      data.advance_to(write_hex(data.room(24), element.value_at, 12));
      data.put('"');
      return true;
    }
    case BsonType::binary:
      return put_binary(element, place, data);
    case BsonType::decimal128:
    case BsonType::undefined:
    case BsonType::regex:
    case BsonType::code:
    case BsonType::symbol:
    case BsonType::timestamp:
    case BsonType::max_key:
    case BsonType::min_key:
      return put_wrapper(element, place, data);
    case BsonType::document:
    case BsonType::array:
    case BsonType::null:
    case BsonType::db_pointer:
    case BsonType::code_with_scope:
      break;
  }
  return false;
}

bool ObjectWriter::put_integer(std::int64_t value, Place place, TextBuffer& data) {
  // CrateDB keeps the ends of int64 for itself.
  if (value == std::numeric_limits<std::int64_t>::max() ||
      value == std::numeric_limits<std::int64_t>::min())
    return false;
  const bool is_open = !place.column.exists || place.column.type == ObjectType::undefined;
  const bool is_wide =
      is_open ? place.column.has_doubles : place.column.type == ObjectType::double_;
  if (is_wide) {
    if (!is_exact_double(value) || !take(place, ObjectType::double_)) return false;
    data.advance_to(write_double(data.room(kDoubleTextMax), static_cast<double>(value)));
    return true;
  }
  if (!take(place, ObjectType::bigint)) return false;
  data.put_integer(value);
  return true;
}

bool ObjectWriter::put_double(double value, Place place, TextBuffer& data) {
  if (!std::isfinite(value) || (value == 0 && std::signbit(value))) return false;
  if (place.column.exists && place.column.type == ObjectType::bigint)
    return is_integral(value) && put_integer(static_cast<std::int64_t>(value), place, data);
  if (!take(place, ObjectType::double_)) return false;
  data.advance_to(write_double(data.room(kDoubleTextMax), value));
  return true;
}

bool ObjectWriter::put_text(std::string_view value, Place place, TextBuffer& data) {
  if (value.size() > kCrateTextBytesMax || !is_storable_text(value)) return false;
  if (!take(place, ObjectType::text)) return false;
  data.put('"');
  static_cast<void>(put_json_characters(data, value, NulRule::refuse));
  data.put('"');
  return true;
}

bool ObjectWriter::put_binary(const BsonElement& element, Place place, TextBuffer& data) {
  constexpr std::size_t kHeader = 5;
  if (element.value_at[4] != kSubtypeUuid || element.value_size != kHeader + kUuidSize)
    return put_wrapper(element, place, data);
  if (!take(place, ObjectType::text)) return false;
  data.put('"');
  data.advance_to(write_uuid(data.room(40), element.value_at + kHeader));
  data.put('"');
  return true;
}

// A value that is an object in JSON: {"$binary": {...}}. Its fields become sub-columns as well.
bool ObjectWriter::put_wrapper(const BsonElement& element, Place place, TextBuffer& data) {
  if (place.is_array && !place.is_canonical) return false;
  scratch_.clear();
  const ValueForm form = place.is_canonical ? ValueForm::canonical : ValueForm::plain_cratedb;
  static_cast<void>(TreeWriter(form, scratch_).write_value_without(element, nullptr));
  // A text that is none of Unicode, or has a NUL, is an object of its own.
  const bool is_short = scratch_.size() <= kCrateTextBytesMax;
  if (!is_short || scratch_.find("{\"$string\"") != std::string::npos) return false;
  const std::size_t mark = columns_.mark();
  bool is_taken = false;
  for (const WrapperField& field : kWrapperFields) {
    if (field.bson != element.type) continue;
    is_taken = take(place, ObjectType::object);
    ObjectNode* node = &place.column;
    for (const std::string_view name : {field.name, field.inner}) {
      if (name.empty() || !is_taken) continue;
      const bool is_last = name == field.inner || field.inner.empty();
      node = columns_.find_or_add(*node, name);
      is_taken =
          node != nullptr && take({.column = *node}, is_last ? field.type : ObjectType::object);
    }
    if (!is_taken) break;
  }
  if (is_taken) {
    data.put(scratch_);
  } else {
    columns_.undo(mark);
  }
  return is_taken;
}

}  // namespace relay
