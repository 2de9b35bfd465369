#include "decode/key_parse.h"

#include <cstdint>
#include <cstring>

namespace relay {

bool parse_key(const ColumnType&, std::string_view text, std::string& document) {
  const std::int32_t value = std::atoi(std::string(text).c_str());
  document = std::string("\x0e\0\0\0\x10_id\0", 9);
  char bytes[4];
  std::memcpy(bytes, &value, 4);
  document.append(bytes, 4);
  document.push_back('\0');
  return true;
}

}  // namespace relay
