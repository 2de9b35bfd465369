#include "decode/object_writer.h"

#include <array>
#include <cmath>
#include <limits>

#include "decode/document_look.h"
#include "decode/text_format.h"
#include "decode/tree_writer.h"

namespace relay {
namespace {

constexpr double kInt64Limit = 9'223'372'036'854'775'808.0;  // 2^63
constexpr std::uint8_t kSubtypeUuid = 0x04;
constexpr std::size_t kUuidSize = 16;

// What values that are objects in JSON consist of. One line a field that is no object itself.
struct WrapperField {
  BsonType bson;
  std::string_view name;
  std::string_view inner;  // Empty: the field `name` is it.
  ObjectType type;
};
constexpr std::array kWrapperFields = {
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

void put_name(std::string_view name, TextBuffer& text) {
  text.put('"');
  static_cast<void>(put_json_characters(text, name, NulRule::refuse));  // It is UTF-8, without NUL.
  text.put("\":");
}

}  // namespace

bool ObjectWriter::reject(Rejection rejection) {
  rejection_ = rejection;
  return false;
}

Rejection ObjectWriter::write(RawDocument document,
                              const PathNode& node,
                              std::string& data,
                              std::string& overflow) {
  rejection_ = Rejection::none;
  TextBuffer data_text(data);
  TextBuffer overflow_text(overflow);
  NameSet names;
  Cells cells{.data = data_text, .overflow = overflow_text, .names = names};
  const PathNode* const excluded = node.has_exclusions_below() ? &node : nullptr;
  // The document itself may have names with `$`: the column is an object, whatever they are.
  static_cast<void>(
      write_fields({.document = document, .column = &columns_.root(), .node = excluded}, cells));
  data_text.flush();
  overflow_text.flush();
  return rejection_;
}

bool ObjectWriter::check_name(const Level& level,
                              const BsonElement& element,
                              std::uint64_t salt,
                              Cells& cells) {
  if (!cells.names.insert(element.name_hash ^ salt) && has_name_before(level.document, element))
    return reject(Rejection::duplicate_key);
  if (!element.is_name_plain && !is_utf8(element.name())) return reject(Rejection::invalid_name);
  return true;
}

bool ObjectWriter::write_fields(const Level& level, Cells& cells) {
  BsonReader reader;
  BsonElement element;
  if (!reader.open(level.document)) return reject(Rejection::malformed);
  const std::uint64_t salt = ++level_count_ * 0xD1B54A32D192ED03;
  const std::size_t overflow_start = cells.overflow.size();
  bool is_first = true;
  bool is_overflow_first = true;
  cells.data.put('{');
  cells.overflow.put('{');
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step == BsonReader::Step::malformed) return reject(Rejection::malformed);
    if (step == BsonReader::Step::end) break;
    const PathNode* const node = level.node == nullptr ? nullptr : level.node->find(element);
    if (node != nullptr && node->is_excluded()) continue;
    if (!check_name(level, element, salt, cells)) return false;
    const std::size_t data_start = cells.data.size();
    const std::size_t misfit_start = cells.overflow.size();
    if (!is_first) cells.data.put(',');
    put_name(element.name(), cells.data);
    if (!is_overflow_first) cells.overflow.put(',');
    put_name(element.name(), cells.overflow);
    const std::size_t value_start = cells.overflow.size();
    const Level inside{.node = node, .depth = level.depth + 1, .is_whole = level.is_whole};
    ObjectNode* const column = is_sub_column_name(element.name())
                                   ? columns_.find_or_add(*level.column, element.name())
                                   : nullptr;
    const bool is_stored = column != nullptr && put_value(element, *column, inside, cells);
    if (rejection_ != Rejection::none) return false;
    if (is_stored) {
      is_first = false;
    } else {
      if (level.is_whole) return false;
      cells.data.cut(data_start);
      cells.overflow.cut(value_start);
      if (!put_overflow(element, node, cells.overflow)) return false;
    }
    if (cells.overflow.size() == value_start) {
      cells.overflow.cut(misfit_start);
    } else {
      is_overflow_first = false;
    }
  }
  cells.data.put('}');
  if (is_overflow_first) {
    cells.overflow.cut(overflow_start);
  } else {
    cells.overflow.put('}');
  }
  return true;
}

bool ObjectWriter::put_value(const BsonElement& element,
                             ObjectNode& column,
                             const Level& inside,
                             Cells& cells) {
  if (element.type == BsonType::null) return put_null(column, cells);
  const bool is_document = element.type == BsonType::document;
  if (!is_document && element.type != BsonType::array)
    return put_scalar(element, {.column = column}, cells.data);
  Level below = inside;
  below.document = element.document();
  return is_document ? put_document(column, below, cells) : put_array(column, below, cells);
}

bool ObjectWriter::put_null(ObjectNode& column, Cells& cells) {
  if (!column.exists && !columns_.settle(column, ObjectType::undefined, false)) return false;
  cells.data.put("null");
  return true;
}

bool ObjectWriter::put_document(ObjectNode& column, const Level& inside, Cells& cells) {
  if (inside.depth >= kObjectDepthMax || has_dollar_names(inside.document)) return false;
  if (!take({.column = column}, ObjectType::object)) return false;
  Level level = inside;
  level.column = &column;
  return write_fields(level, cells);
}

bool ObjectWriter::put_array(ObjectNode& column, const Level& inside, Cells& cells) {
  const std::size_t mark = columns_.mark();
  const std::size_t start = cells.data.size();
  const std::size_t overflow_start = cells.overflow.size();
  if (put_elements(column, inside, cells)) return true;
  columns_.undo(mark);
  cells.data.cut(start);
  cells.overflow.cut(overflow_start);
  return false;
}

bool ObjectWriter::put_elements(ObjectNode& column, const Level& inside, Cells& cells) {
  const ArrayContent content = look_into_array(inside.document);
  if (content.has_arrays || (content.has_documents && content.has_others)) return false;
  if (inside.depth >= kObjectDepthMax || (column.exists && !column.is_array)) return false;
  if (!column.exists && !columns_.settle(column, ObjectType::undefined, true)) return false;
  column.has_doubles = column.has_doubles || content.has_fractions;
  BsonReader reader;
  BsonElement element;
  if (!reader.open(inside.document)) return reject(Rejection::malformed);
  bool is_first = true;
  cells.data.put('[');
  for (;;) {
    const BsonReader::Step step = reader.next(element);
    if (step == BsonReader::Step::malformed) return reject(Rejection::malformed);
    if (step == BsonReader::Step::end) break;
    if (!is_first) cells.data.put(',');
    is_first = false;
    const Place place{.column = column, .is_array = true};
    bool is_stored = true;
    if (element.type == BsonType::null) {
      is_stored = column.type != ObjectType::object;
      cells.data.put("null");
    } else if (element.type == BsonType::document) {
      Level level = inside;
      level.document = element.document();
      level.column = &column;
      level.is_whole = true;
      ++level.depth;
      is_stored = level.depth < kObjectDepthMax && !has_dollar_names(level.document) &&
                  take(place, ObjectType::object) && write_fields(level, cells);
    } else {
      is_stored = put_scalar(element, place, cells.data);
    }
    if (!is_stored) return false;
  }
  cells.data.put(']');
  return true;
}

bool ObjectWriter::take(Place place, ObjectType type) {
  const ObjectNode& column = place.column;
  if (!column.exists) return columns_.settle(place.column, type, place.is_array);
  if (column.is_array != place.is_array) return false;
  if (column.type == type) return true;
  return column.type == ObjectType::undefined &&
         columns_.settle(place.column, type, place.is_array);
}

bool ObjectWriter::put_scalar(const BsonElement& element, Place place, TextBuffer& data) {
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
  if (value.size() > kObjectTextBytesMax || !is_storable_text(value)) return false;
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
  if (place.is_array) return false;
  scratch_.clear();
  static_cast<void>(
      TreeWriter(ValueForm::plain_cratedb, scratch_).write_value_without(element, nullptr));
  // A text that is none of Unicode, or has a NUL, is an object of its own.
  const bool is_short = scratch_.size() <= kObjectTextBytesMax;
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

bool ObjectWriter::put_overflow(const BsonElement& element,
                                const PathNode* node,
                                TextBuffer& overflow) {
  scratch_.clear();
  const Rejection rejection =
      TreeWriter(ValueForm::canonical, scratch_).write_value_without(element, node);
  if (rejection != Rejection::none) return reject(rejection);
  ++misfits_;
  overflow.put(scratch_);
  return true;
}

void ObjectWriter::learn_fields(RawDocument document, ObjectNode& column, std::size_t depth) {
  BsonReader reader;
  BsonElement element;
  if (depth >= kObjectDepthMax || !reader.open(document)) return;
  while (reader.next(element) == BsonReader::Step::element) {
    const bool is_document = element.type == BsonType::document;
    if (!is_document && !is_fraction(element)) continue;
    ObjectNode* const below = columns_.find_or_add(column, element.name());
    if (below == nullptr) continue;
    if (is_document) {
      learn_fields(element.document(), *below, depth + 1);
    } else {
      below->has_doubles = true;
    }
  }
}

}  // namespace relay
