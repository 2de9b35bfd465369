// Bytes looked at eight at a time. The first byte in memory is the lowest of the word, on every
// machine.
//
// The byte tests set the high bit of each byte that meets the condition; bytes above the lowest one
// that does may be marked wrongly, so only "any" and "the lowest" may be asked of the result.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace relay {

inline constexpr std::uint64_t repeat_byte(std::uint8_t byte) {
  return std::uint64_t{0x0101010101010101} * byte;
}

inline std::uint32_t load_u32(const std::uint8_t* at) {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
  return value;
}

inline std::uint64_t load_u64(const std::uint8_t* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  return value;
}

inline std::int32_t load_i32(const std::uint8_t* at) {
  return static_cast<std::int32_t>(load_u32(at));
}
inline std::int64_t load_i64(const std::uint8_t* at) {
  return static_cast<std::int64_t>(load_u64(at));
}
inline double load_double(const std::uint8_t* at) {
  return std::bit_cast<double>(load_u64(at));
}

// The `size` (< 8) bytes at `at`, the rest zero.
inline std::uint64_t load_short_word(const std::uint8_t* at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= std::uint64_t{at[i]} << (8 * i);
  return value;
}

inline constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - repeat_byte(1)) & ~word & repeat_byte(0x80);
}

// Bytes that JSON text cannot take as they are: controls, quote, backslash; and all outside ASCII,
// which have to be checked.
inline constexpr std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quote = word ^ repeat_byte('"');
  const std::uint64_t backslash = word ^ repeat_byte('\\');
  return (word | ((word - repeat_byte(0x20)) & ~word) | ((quote - repeat_byte(1)) & ~quote) |
          ((backslash - repeat_byte(1)) & ~backslash)) &
         repeat_byte(0x80);
}

// One step of a hash; for a given `hash` different words give different results.
inline constexpr std::uint64_t mix_word(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15;
  return hash ^ (hash >> 32U);
}

inline std::string_view view_text(const std::uint8_t* at, std::size_t size) {
  return {reinterpret_cast<const char*>(at), size};
}

}  // namespace relay
