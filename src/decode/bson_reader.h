// BsonReader: walks the elements of one BSON document, in bytes of any content.
//
//   document := int32 size (of all of it), element*, 0x00
//   element  := type byte, name, 0x00, value
//
// Invariant: no byte outside the document is ever read; what does not fit is reported as malformed.
// Instead of bson_iter, because one pass over a name yields its length, its hash and whether it can
// be copied into JSON as it is (bench/decode_bench.cc compares the two).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/raw_document.h"
#include "decode/byte_words.h"

namespace relay {

enum class BsonType : std::uint8_t {
  double_ = 0x01,
  string = 0x02,
  document = 0x03,
  array = 0x04,
  binary = 0x05,
  undefined = 0x06,
  object_id = 0x07,
  boolean = 0x08,
  date = 0x09,
  null = 0x0A,
  regex = 0x0B,
  db_pointer = 0x0C,
  code = 0x0D,
  symbol = 0x0E,
  code_with_scope = 0x0F,
  int32 = 0x10,
  timestamp = 0x11,
  int64 = 0x12,
  decimal128 = 0x13,
  max_key = 0x7F,
  min_key = 0xFF,
};

// Views into the document; the value's bytes fit its type, nested documents are not looked into.
// No initialisers: readers make one for each field and fill it whole.
struct BsonElement {
  BsonType type;
  bool is_name_plain;  // The name is ASCII that JSON needs not escape.
  std::size_t name_size;
  std::size_t value_size;
  const std::uint8_t* name_at;
  const std::uint8_t* value_at;
  std::uint64_t name_hash;  // Differs for names of up to 8 bytes that differ.

  [[nodiscard]] std::string_view name() const { return view_text(name_at, name_size); }
  // Of string, symbol and code.
  [[nodiscard]] std::string_view text() const { return view_text(value_at + 4, value_size - 5); }
  // Of document and array.
  [[nodiscard]] RawDocument document() const { return {value_at, value_size}; }
};

class BsonReader {
 public:
  enum class Step : std::uint8_t { element, end, malformed };

  // No initialisers: arrays of readers on the hot path are filled as far as they are used.
  BsonReader() = default;

  // False: the frame of the document is wrong (size prefix, last byte).
  bool open(RawDocument document);

  // Fills `element` when there is one. Not to be called again after `end` or `malformed`.
  Step next(BsonElement& element);

  // One past the document's last byte.
  [[nodiscard]] const std::uint8_t* end() const { return end_; }

 private:
  static bool scan_name(const std::uint8_t* at, const std::uint8_t* end, BsonElement& element);

  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

// Bytes of a value whose size depends on its content; -1: malformed or of an unknown type.
std::ptrdiff_t measure_value(std::uint8_t type, const std::uint8_t* at, std::size_t left);

// Bytes of a value by type; -1: measure_value() knows.
inline constexpr std::array<std::int8_t, 256> kFixedSizes = [] {
  std::array<std::int8_t, 256> sizes{};
  sizes.fill(-1);
  sizes[0x01] = 8;
  sizes[0x06] = 0;
  sizes[0x07] = 12;
  sizes[0x09] = 8;
  sizes[0x0A] = 0;
  sizes[0x10] = 4;
  sizes[0x11] = 8;
  sizes[0x12] = 8;
  sizes[0x13] = 16;
  sizes[0x7F] = 0;
  sizes[0xFF] = 0;
  return sizes;
}();

inline bool BsonReader::open(RawDocument document) {
  if (document.size() < 5 || load_u32(document.data()) != document.size() || document.back() != 0) {
    return false;
  }
  at_ = document.data() + 4;
  end_ = document.data() + document.size();
  return true;
}

inline bool BsonReader::scan_name(const std::uint8_t* at,
                                  const std::uint8_t* end,
                                  BsonElement& element) {
  const std::uint8_t* const start = at;
  std::uint64_t hash = 0;
  std::uint64_t special = 0;
  for (;;) {
    const auto left = static_cast<std::size_t>(end - at);
    const std::uint64_t word = left >= 8 ? load_u64(at) : load_short_word(at, left);
    const std::uint64_t zeros = zero_bytes(word);
    if (zeros == 0) {
      special |= special_bytes(word);
      hash = mix_word(hash, word);
      at += 8;
      continue;
    }
    const auto count = static_cast<unsigned>(std::countr_zero(zeros)) / 8;
    const std::uint64_t mask = (std::uint64_t{1} << (8 * count)) - 1;
    special |= special_bytes((word & mask) | (repeat_byte('a') & ~mask));
    element.name_hash = mix_word(hash, word & mask);
    at += count;
    break;
  }
  element.name_at = start;
  element.name_size = static_cast<std::size_t>(at - start);
  element.is_name_plain = special == 0;
  return at < end;  // At the end: the zero was padding, and the name has no terminator.
}

inline BsonReader::Step BsonReader::next(BsonElement& element) {
  if (at_ == end_) return Step::malformed;
  const std::uint8_t type = *at_;
  if (type == 0) return at_ + 1 == end_ ? Step::end : Step::malformed;
  if (!scan_name(at_ + 1, end_, element)) return Step::malformed;
  const std::uint8_t* const value = element.name_at + element.name_size + 1;
  const auto left = static_cast<std::size_t>(end_ - value);
  std::ptrdiff_t size = kFixedSizes[type];
  if (size < 0) size = measure_value(type, value, left);
  if (size < 0 || static_cast<std::size_t>(size) > left) return Step::malformed;
  element.type = static_cast<BsonType>(type);
  element.value_at = value;
  element.value_size = static_cast<std::size_t>(size);
  at_ = value + size;
  return Step::element;
}

}  // namespace relay
