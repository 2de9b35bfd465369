// Bytes with their length in front of them, so that no sequence of them can be read as another.
//
//   sized = uint32 length, big-endian; the bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/check.h"

namespace relay {

// Leaves room for a length; what is appended until close_sized() is what it counts. Returns the
// offset that close_sized() wants.
inline std::size_t open_sized(std::string& out) {
  out.append(sizeof(std::uint32_t), '\0');
  return out.size();
}

inline void close_sized(std::size_t start, std::string& out) {
  std::size_t size = out.size() - start;
  CHECK(size <= std::numeric_limits<std::uint32_t>::max(), "a cell is below 4 GiB");
  for (std::size_t i = 1; i <= sizeof(std::uint32_t); ++i, size >>= 8U)
    out[start - i] = static_cast<char>(size);
}

inline void append_sized(std::string_view bytes, std::string& out) {
  const std::size_t start = open_sized(out);
  out += bytes;
  close_sized(start, out);
}

// Where the sized bytes that begin at `start` end.
inline std::size_t sized_end(std::string_view bytes, std::size_t start) {
  CHECK(bytes.size() >= start + sizeof(std::uint32_t), "a length is four bytes");
  std::size_t size = 0;
  for (std::size_t i = 0; i < sizeof(std::uint32_t); ++i)
    size = size << 8U | static_cast<unsigned char>(bytes[start + i]);
  return start + sizeof(std::uint32_t) + size;
}

}  // namespace relay
