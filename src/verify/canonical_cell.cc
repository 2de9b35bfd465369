#include "verify/canonical_cell.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "apply/numeric_text.h"
#include "mapping/table_shape.h"
#include "verify/array_text.h"
#include "verify/canonical_decimal.h"
#include "verify/canonical_json.h"
#include "verify/sized_bytes.h"

namespace relay {
namespace {

enum class Tag : char { null = 0, value = 1, foreign = 2 };

void append_tag(Tag tag, std::string& out) {
  out.push_back(static_cast<char>(tag));
}

// `append_value` returns whether the bytes are of the type; whatever it has appended is taken back
// when they are not.
template <class AppendValue>
void append_cell(std::string_view bytes, std::string& out, const AppendValue& append_value) {
  const std::size_t tag_at = out.size();
  append_tag(Tag::value, out);
  const std::size_t start = open_sized(out);
  if (append_value()) {
    close_sized(start, out);
    return;
  }
  out.resize(tag_at);
  append_foreign_cell(bytes, out);
}

bool append_as_it_is(std::string_view bytes, std::string& out) {
  out += bytes;
  return true;
}

bool append_fixed(std::string_view bytes, std::size_t size, std::string& out) {
  return bytes.size() == size && append_as_it_is(bytes, out);
}

bool append_bits(double value, std::string& out) {
  if (std::isnan(value)) value = std::numeric_limits<double>::quiet_NaN();
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (const unsigned shift : {56U, 48U, 40U, 32U, 24U, 16U, 8U, 0U})
    out.push_back(static_cast<char>(bits >> shift));
  return true;
}

bool append_double(std::string_view bytes, std::string& out) {
  if (bytes.size() != sizeof(double)) return false;
  std::uint64_t bits = 0;
  for (const char byte : bytes)
    bits = bits << 8U | static_cast<unsigned char>(byte);
  return append_bits(std::bit_cast<double>(bits), out);
}

bool append_double_text(std::string_view text, std::string& out) {
  double value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole = status == std::errc() && end == text.data() + text.size();
  return is_whole && append_bits(value, out);
}

// Of any other length it is none, and read_numeric() would end the program.
bool append_numeric(std::string_view bytes, std::string& out) {
  constexpr std::size_t kHeaderBytes = 8;
  if (bytes.size() < kHeaderBytes) return false;
  const std::size_t digit_count = std::size_t{static_cast<unsigned char>(bytes[0])} << 8U |
                                  static_cast<unsigned char>(bytes[1]);
  return bytes.size() == kHeaderBytes + 2 * digit_count &&
         append_canonical_decimal(read_numeric(bytes).text, out);
}

// An element of an array.
bool append_element_value(TypeName type, std::string_view text, std::string& out) {
  switch (type) {
    case TypeName::double_precision:
      return append_double_text(text, out);
    case TypeName::numeric:
      return append_canonical_decimal(text, out);
    case TypeName::json:
      return append_canonical_json(text, out);
    case TypeName::text:
    case TypeName::boolean:
    case TypeName::integer:
    case TypeName::bigint:
    case TypeName::timestamp:
    case TypeName::uuid:
    case TypeName::bytea:
      // Both sides write these in the same way.
      return append_as_it_is(text, out);
  }
  return false;
}

bool append_array(TypeName type, std::string_view text, std::string& out) {
  const std::optional<ArrayElements> elements = parse_array_text(text);
  if (!elements) return false;
  for (const std::optional<std::string>& element : *elements) {
    if (!element) {
      append_tag(Tag::null, out);
      continue;
    }
    append_cell(*element, out, [&] { return append_element_value(type, *element, out); });
  }
  return true;
}

bool append_printed(TypeName type, std::string_view text, std::string& out) {
  return type == TypeName::numeric ? append_canonical_decimal(text, out)
                                   : append_as_it_is(text, out);
}

bool append_single(TypeName type, std::string_view bytes, std::string& out) {
  switch (type) {
    case TypeName::text:
    case TypeName::bytea:
      return append_as_it_is(bytes, out);
    case TypeName::boolean:
      if (bytes.size() != 1) return false;
      // BSON has booleans of other bytes than 1 that are true.
      out.push_back(bytes.front() == 0 ? '\0' : '\1');
      return true;
    case TypeName::integer:
      return append_fixed(bytes, 4, out);
    case TypeName::bigint:
    case TypeName::timestamp:
      return append_fixed(bytes, 8, out);
    case TypeName::uuid:
      return append_fixed(bytes, 16, out);
    case TypeName::double_precision:
      return append_double(bytes, out);
    case TypeName::numeric:
      return append_numeric(bytes, out);
    case TypeName::json:
      return append_canonical_json(bytes, out);
  }
  return false;
}

}  // namespace

void append_canonical_cell(const ColumnType& type,
                           CellView cell,
                           TargetKind target,
                           std::string& out) {
  if (!cell) {
    append_tag(Tag::null, out);
    return;
  }
  append_cell(*cell, out, [&] {
    if (type.is_array) return append_array(type.name, *cell, out);
    return travels_as_text(type, target) ? append_printed(type.name, *cell, out)
                                         : append_single(type.name, *cell, out);
  });
}

void append_sized_cell(std::string_view bytes, std::string& out) {
  append_tag(Tag::value, out);
  append_sized(bytes, out);
}

void append_foreign_cell(std::string_view bytes, std::string& out) {
  append_tag(Tag::foreign, out);
  append_sized(bytes, out);
}

}  // namespace relay
