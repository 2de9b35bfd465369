#include "decode/key_text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "decode/bson_reader.h"
#include "decode/json_value.h"
#include "decode/text_format.h"
#include "decode/value_writer.h"

namespace relay {
namespace {

constexpr std::size_t kHexSize = 24;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

void append_string_key(const BsonElement& element, std::string& out) {
  const std::string_view text = element.text();
  const bool is_quoted = is_key_ambiguous(text) || text.find('\0') != std::string_view::npos;
  if (!is_quoted && is_utf8(text)) {
    out.append(text);
    return;
  }
  // Quoted, or in the wrapper for bytes that are not UTF-8: as strings are inside documents.
  ValueWriter(ValueForm::key, NameRule::encode, out).write_single(element);
}

bool append_value(const BsonElement& element, std::string& out) {
  return ValueWriter(ValueForm::key, NameRule::encode, out).write_single(element) ==
         Rejection::none;
}

bool append_binary_key(const BsonElement& element, std::string& out) {
  constexpr std::size_t kUuidValueSize = 4 + 1 + 16;
  if (element.value_at[4] != 0x04 || element.value_size != kUuidValueSize) {
    return append_value(element, out);
  }
  std::array<char, 36> uuid{};
  write_uuid(uuid.data(), element.value_at + 5);
  out.append("{\"$uuid\":\"").append(uuid.data(), uuid.size()).append("\"}");
  return true;
}

bool append_id(const BsonElement& id, std::string& out) {
  std::array<char, kKeyNumberMax> buffer;  // Filled as far as it is used.
  char* const start = buffer.data();
  char* end = nullptr;
  switch (id.type) {
    case BsonType::object_id:
      end = write_hex(start, id.value_at, kHexSize / 2);
      break;
    case BsonType::string:
    case BsonType::symbol:
      append_string_key(id, out);
      return true;
    case BsonType::int32:
      end = std::to_chars(start, start + kKeyNumberMax, load_i32(id.value_at)).ptr;
      break;
    case BsonType::int64:
      end = std::to_chars(start, start + kKeyNumberMax, load_i64(id.value_at)).ptr;
      break;
    case BsonType::double_:
      end = write_key_double(start, load_double(id.value_at));
      break;
    case BsonType::decimal128:
      end = write_key_decimal(start, id.value_at);
      break;
    case BsonType::binary:
      return append_binary_key(id, out);
    case BsonType::document:
    case BsonType::array:
    case BsonType::undefined:
    case BsonType::boolean:
    case BsonType::date:
    case BsonType::null:
    case BsonType::regex:
    case BsonType::db_pointer:
    case BsonType::code:
    case BsonType::code_with_scope:
    case BsonType::timestamp:
    case BsonType::max_key:
    case BsonType::min_key:
      return append_value(id, out);
  }
  out.append(start, static_cast<std::size_t>(end - start));
  return true;
}

}  // namespace

bool is_key_ambiguous(std::string_view text) {
  if (text.empty()) return false;
  switch (text.front()) {
    case '{':
    case '[':
    case '"':
      return true;
    default:
      break;
  }
  if (text.size() == kHexSize && is_hex(text)) return true;
  return text == "true" || text == "false" || text == "null" || is_json_number(text);
}

bool append_key_text(RawDocument document, std::string& out) {
  BsonReader reader;
  if (!reader.open(document)) return false;
  BsonElement element;
  while (reader.next(element) == BsonReader::Step::element) {
    if (element.name() != "_id") continue;
    const std::size_t size = out.size();
    if (append_id(element, out)) return true;
    out.resize(size);
    return false;
  }
  return false;
}

}  // namespace relay
