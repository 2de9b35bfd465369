#include "decode/document_look.h"

#include <cmath>

#include "decode/byte_words.h"

namespace relay {
namespace {

constexpr double kInt64Limit = 9'223'372'036'854'775'808.0;  // 2^63

}  // namespace

bool is_integral(double value) {
  return value > -kInt64Limit && value < kInt64Limit && value == std::trunc(value);
}

bool is_fraction(const BsonElement& element) {
  if (element.type != BsonType::double_) return false;
  const double value = load_double(element.value_at);
  return std::isfinite(value) && !is_integral(value);
}

ArrayContent look_into_array(RawDocument array) {
  ArrayContent content;
  BsonReader reader;
  BsonElement element;
  if (!reader.open(array)) return content;
  while (reader.next(element) == BsonReader::Step::element) {
    const bool is_document = element.type == BsonType::document;
    const bool is_array = element.type == BsonType::array;
    content.has_documents = content.has_documents || is_document;
    content.has_arrays = content.has_arrays || is_array;
    content.has_others = content.has_others || (!is_document && !is_array);
    const bool is_bare = element.type == BsonType::string || element.type == BsonType::boolean ||
                         element.type == BsonType::null;
    content.has_bare = content.has_bare || is_bare;
    content.has_values = content.has_values || (!is_document && !is_array && !is_bare);
    content.has_fractions = content.has_fractions || is_fraction(element);
  }
  return content;
}

bool has_name_before(RawDocument document, const BsonElement& element) {
  BsonReader reader;
  BsonElement earlier;
  if (!reader.open(document)) return false;
  while (reader.next(earlier) == BsonReader::Step::element && earlier.name_at != element.name_at) {
    if (earlier.name() == element.name()) return true;
  }
  return false;
}

bool has_dollar_names(RawDocument document) {
  BsonReader reader;
  BsonElement element;
  if (!reader.open(document)) return false;
  std::size_t count = 0;
  bool is_reference = false;
  while (reader.next(element) == BsonReader::Step::element) {
    ++count;
    if (!element.name().starts_with('$')) continue;
    if (count == 1 && element.name() == "$ref") {
      BsonReader ahead = reader;
      BsonElement second;
      is_reference = ahead.next(second) == BsonReader::Step::element && second.name() == "$id";
    }
    if (!is_reference) return true;
  }
  return false;
}

}  // namespace relay
