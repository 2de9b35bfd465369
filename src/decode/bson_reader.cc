#include "decode/bson_reader.h"

namespace relay {
namespace {

constexpr std::ptrdiff_t kMalformed = -1;

// int32 length (terminator included), bytes, 0x00.
std::ptrdiff_t measure_string(const std::uint8_t* at, std::size_t left) {
  if (left < 5) return kMalformed;
  const std::uint32_t length = load_u32(at);
  if (length == 0 || length > left - 4 || at[3 + std::size_t{length}] != 0) return kMalformed;
  return 4 + std::ptrdiff_t{length};
}

std::ptrdiff_t measure_document(const std::uint8_t* at, std::size_t left) {
  if (left < 5) return kMalformed;
  const std::uint32_t length = load_u32(at);
  if (length < 5 || length > left || at[std::size_t{length} - 1] != 0) return kMalformed;
  return std::ptrdiff_t{length};
}

// int32 length of the payload, subtype, payload. The payload of the old subtype 2 begins with its
// own length, which must agree, because JSON shows only what follows it.
std::ptrdiff_t measure_binary(const std::uint8_t* at, std::size_t left) {
  if (left < 5) return kMalformed;
  const std::uint32_t length = load_u32(at);
  if (length > left - 5) return kMalformed;
  if (at[4] == 0x02 && (length < 4 || load_u32(at + 5) != length - 4)) return kMalformed;
  return 5 + std::ptrdiff_t{length};
}

// Pattern and options, each ended by 0x00.
std::ptrdiff_t measure_regex(const std::uint8_t* at, std::size_t left) {
  const void* pattern_end = std::memchr(at, 0, left);
  if (pattern_end == nullptr) return kMalformed;
  const std::ptrdiff_t pattern = static_cast<const std::uint8_t*>(pattern_end) - at + 1;
  const void* options_end = std::memchr(at + pattern, 0, left - static_cast<std::size_t>(pattern));
  if (options_end == nullptr) return kMalformed;
  return static_cast<const std::uint8_t*>(options_end) - at + 1;
}

// int32 length of all, string, document.
std::ptrdiff_t measure_code_with_scope(const std::uint8_t* at, std::size_t left) {
  if (left < 14) return kMalformed;
  const std::uint32_t length = load_u32(at);
  if (length < 14 || length > left) return kMalformed;
  const std::size_t inside = std::size_t{length} - 4;
  const std::ptrdiff_t code = measure_string(at + 4, inside);
  if (code < 0) return kMalformed;
  const std::ptrdiff_t scope =
      measure_document(at + 4 + code, inside - static_cast<std::size_t>(code));
  return scope >= 0 && 4 + code + scope == std::ptrdiff_t{length} ? std::ptrdiff_t{length}
                                                                  : kMalformed;
}

}  // namespace

std::ptrdiff_t measure_value(std::uint8_t type, const std::uint8_t* at, std::size_t left) {
  switch (type) {
    case 0x02:
    case 0x0D:
    case 0x0E:
      return measure_string(at, left);
    case 0x03:
    case 0x04:
      return measure_document(at, left);
    case 0x05:
      return measure_binary(at, left);
    case 0x08:
      return left > 0 && *at <= 1 ? 1 : kMalformed;
    case 0x0B:
      return measure_regex(at, left);
    case 0x0C: {
      const std::ptrdiff_t collection = measure_string(at, left);
      return collection < 0 ? kMalformed : collection + 12;
    }
    case 0x0F:
      return measure_code_with_scope(at, left);
    default:
      return kMalformed;
  }
}

}  // namespace relay
