#include "decode/bson_builder.h"

#include <bson/bson.h>

namespace relay {

BsonBuilder& BsonBuilder::decimal(std::string_view name, const char* text) {
  bson_decimal128_t value;
  if (!bson_decimal128_from_string(text, &value)) return raw(0x13, name, "");
  return raw(0x13, name, little_endian(value.low, 8) + little_endian(value.high, 8));
}

}  // namespace relay
