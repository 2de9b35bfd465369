// BSON made byte by byte, so that tests can make what no library would: wrong lengths, duplicate
// names, bytes that are not UTF-8.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/raw_document.h"

namespace relay {

using Bytes = std::vector<std::uint8_t>;

inline std::string little_endian(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i)
    bytes.push_back(static_cast<char>(value >> (8U * static_cast<unsigned>(i))));
  return bytes;
}

// A string value: its length with the terminator, the bytes, the terminator.
inline std::string string_value(std::string_view text) {
  return little_endian(text.size() + 1, 4).append(text).append(1, '\0');
}

inline std::string as_text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

class BsonBuilder {
 public:
  // Any type with any value bytes.
  BsonBuilder& raw(std::uint8_t type, std::string_view name, std::string_view value) {
    elements_.push_back(static_cast<char>(type));
    elements_.append(name).append(1, '\0').append(value);
    return *this;
  }
  BsonBuilder& real(std::string_view name, double value) {
    return raw(0x01, name, little_endian(std::bit_cast<std::uint64_t>(value), 8));
  }
  BsonBuilder& string(std::string_view name, std::string_view value) {
    return raw(0x02, name, string_value(value));
  }
  BsonBuilder& document(std::string_view name, const BsonBuilder& value) {
    return raw(0x03, name, as_text(value.bytes()));
  }
  BsonBuilder& array(std::string_view name, const BsonBuilder& value) {
    return raw(0x04, name, as_text(value.bytes()));
  }
  BsonBuilder& binary(std::string_view name, std::uint8_t subtype, std::string_view payload) {
    return raw(
        0x05,
        name,
        little_endian(payload.size(), 4).append(1, static_cast<char>(subtype)).append(payload));
  }
  BsonBuilder& object_id(std::string_view name, std::string_view twelve_bytes) {
    return raw(0x07, name, twelve_bytes);
  }
  BsonBuilder& boolean(std::string_view name, bool value) {
    return raw(0x08, name, std::string(1, value ? '\1' : '\0'));
  }
  BsonBuilder& date(std::string_view name, std::int64_t ms) {
    return raw(0x09, name, little_endian(static_cast<std::uint64_t>(ms), 8));
  }
  BsonBuilder& null(std::string_view name) { return raw(0x0A, name, ""); }
  BsonBuilder& int32(std::string_view name, std::int32_t value) {
    return raw(0x10, name, little_endian(static_cast<std::uint32_t>(value), 4));
  }
  BsonBuilder& timestamp(std::string_view name, std::uint32_t seconds, std::uint32_t increment) {
    return raw(0x11, name, little_endian(increment, 4) + little_endian(seconds, 4));
  }
  BsonBuilder& int64(std::string_view name, std::int64_t value) {
    return raw(0x12, name, little_endian(static_cast<std::uint64_t>(value), 8));
  }
  // The 16 bytes that libbson makes of the text.
  BsonBuilder& decimal(std::string_view name, const char* text);

  [[nodiscard]] Bytes bytes() const {
    const std::string all =
        little_endian(elements_.size() + 5, 4).append(elements_).append(1, '\0');
    return {all.begin(), all.end()};
  }

 private:
  std::string elements_;
};

}  // namespace relay
