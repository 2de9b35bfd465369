#include "survey/value_kind.h"

namespace relay {
namespace {

constexpr std::uint8_t kSubtypeUuid = 0x04;
constexpr std::size_t kSubtypeAt = 4;
constexpr std::size_t kUuidValueSize = 21;  // Length, subtype, 16 bytes.

}  // namespace

std::string_view kind_of_value(const BsonElement& element) {
  switch (element.type) {
    case BsonType::double_:
      return "double";
    case BsonType::string:
      return "string";
    case BsonType::document:
      return "object";
    case BsonType::array:
      return "array";
    case BsonType::binary:
      return element.value_size == kUuidValueSize && element.value_at[kSubtypeAt] == kSubtypeUuid
                 ? "uuid"
                 : "binData";
    case BsonType::undefined:
      return "undefined";
    case BsonType::object_id:
      return "objectId";
    case BsonType::boolean:
      return "bool";
    case BsonType::date:
      return "date";
    case BsonType::null:
      return "null";
    case BsonType::regex:
      return "regex";
    case BsonType::db_pointer:
      return "dbPointer";
    case BsonType::code:
      return "javascript";
    case BsonType::symbol:
      return "symbol";
    case BsonType::code_with_scope:
      return "javascriptWithScope";
    case BsonType::int32:
      return "int";
    case BsonType::timestamp:
      return "timestamp";
    case BsonType::int64:
      return "long";
    case BsonType::decimal128:
      return "decimal";
    case BsonType::max_key:
      return "maxKey";
    case BsonType::min_key:
      return "minKey";
  }
  return "unknown";
}

std::string_view family_of(std::string_view kind) {
  const bool is_number = kind == "int" || kind == "long" || kind == "double" || kind == "decimal";
  return is_number ? "number" : kind;
}

}  // namespace relay
