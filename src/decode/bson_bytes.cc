#include "decode/bson_bytes.h"

namespace relay {

void put_little_endian(std::uint64_t value, int size, std::string& out) {
  for (int i = 0; i < size; ++i, value >>= 8U)
    out.push_back(static_cast<char>(value));
}

std::size_t begin_document(std::string& out) {
  const std::size_t start = out.size();
  out.append(4, '\0');
  return start;
}

void end_document(std::size_t start, std::string& out) {
  out.push_back('\0');
  const std::size_t size = out.size() - start;
  for (std::size_t i = 0; i < 4; ++i)
    out[start + i] = static_cast<char>(size >> (8 * i));
}

void begin_element(BsonType type, std::string_view name, std::string& out) {
  out.push_back(static_cast<char>(type));
  out.append(name).push_back('\0');
}

void put_string(std::string_view text, std::string& out) {
  put_little_endian(text.size() + 1, 4, out);
  out.append(text).push_back('\0');
}

void put_binary(std::uint8_t subtype, std::string_view payload, std::string& out) {
  put_little_endian(payload.size(), 4, out);
  out.push_back(static_cast<char>(subtype));
  out.append(payload);
}

}  // namespace relay
