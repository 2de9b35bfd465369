#include "verify/binary_array.h"

#include <cstdint>
#include <optional>

#include "decode/cell_text.h"

namespace relay {
namespace {

constexpr std::uint32_t kNull = 0xFFFF'FFFFU;
constexpr std::int64_t kMsTo2000 = 946'684'800'000;
constexpr std::int64_t kUsInMs = 1'000;

// Big-endian integers and bytes from the front of what is left.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint32_t> number() {
    const std::optional<std::string_view> four = bytes(4);
    if (!four) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : *four)
      value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  std::optional<std::string_view> bytes(std::size_t size) {
    if (rest_.size() < size) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  [[nodiscard]] bool is_done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// 0: of any size.
std::size_t size_of(TypeName type) {
  switch (type) {
    case TypeName::boolean:
      return 1;
    case TypeName::integer:
      return 4;
    case TypeName::bigint:
    case TypeName::double_precision:
    case TypeName::timestamp:
      return 8;
    case TypeName::uuid:
      return 16;
    case TypeName::text:
    case TypeName::json:
    case TypeName::numeric:
    case TypeName::bytea:
      break;
  }
  return 0;
}

bool print_element(std::string_view bytes, TypeName type, std::string& out) {
  const std::size_t size = size_of(type);
  if (size != 0 && bytes.size() != size) return false;
  if (type == TypeName::timestamp) {
    std::uint64_t us = 0;
    for (const char c : bytes)
      us = us << 8U | static_cast<unsigned char>(c);
    out += std::to_string(static_cast<std::int64_t>(us) / kUsInMs + kMsTo2000);
    return true;
  }
  append_array_element(bytes, type == TypeName::numeric ? TypeName::text : type, out);
  return true;
}

}  // namespace

bool print_binary_array(std::string_view array, TypeName type, std::string& out) {
  Reader reader(array);
  const auto dimensions = reader.number();
  const auto flags = reader.number();
  const auto oid = reader.number();
  if (!dimensions || !flags || !oid || *dimensions > 1) return false;
  std::uint32_t count = 0;
  if (*dimensions == 1) {
    const auto length = reader.number();
    // The bound, which CrateDB fills with something else.
    if (!length || !reader.number()) return false;
    count = *length;
  }
  out.push_back('{');
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i > 0) out.push_back(',');
    const auto size = reader.number();
    if (!size) return false;
    if (*size == kNull) {
      out += "NULL";
      continue;
    }
    const auto bytes = reader.bytes(*size);
    if (!bytes || !print_element(*bytes, type, out)) return false;
  }
  out.push_back('}');
  return reader.is_done();
}

}  // namespace relay
