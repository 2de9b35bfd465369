#include "decode/literal_bson.h"

#include <bit>
#include <string>
#include <string_view>

#include "decode/bson_bytes.h"
#include "decode/text_parse.h"

namespace relay {

std::vector<std::uint8_t> literal_document(const Literal& value, TypeName type) {
  std::string bytes;
  const std::size_t start = begin_document(bytes);
  if (const auto* boolean = std::get_if<bool>(&value)) {
    begin_element(BsonType::boolean, "", bytes);
    bytes.push_back(*boolean ? '\1' : '\0');
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    begin_element(BsonType::int64, "", bytes);
    put_little_endian(static_cast<std::uint64_t>(*integer), 8, bytes);
  } else if (const auto* real = std::get_if<double>(&value)) {
    begin_element(BsonType::double_, "", bytes);
    put_little_endian(std::bit_cast<std::uint64_t>(*real), 8, bytes);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    const auto uuid = type == TypeName::uuid ? parse_uuid(*text) : std::nullopt;
    if (uuid) {
      begin_element(BsonType::binary, "", bytes);
      put_binary(0x04, *uuid, bytes);
    } else {
      begin_element(BsonType::string, "", bytes);
      put_string(*text, bytes);
    }
  } else {
    const auto time = std::get<std::chrono::sys_time<std::chrono::milliseconds>>(value);
    begin_element(BsonType::date, "", bytes);
    put_little_endian(static_cast<std::uint64_t>(time.time_since_epoch().count()), 8, bytes);
  }
  end_document(start, bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace relay
