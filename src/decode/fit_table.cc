#include "decode/fit_table.h"

#include <array>
#include <optional>
#include <string>

#include "decode/cell_text.h"
#include "decode/fit_numbers.h"
#include "decode/object_writer.h"
#include "decode/text_format.h"
#include "decode/tree_writer.h"
#include "mapping/table_shape.h"

namespace relay {
namespace {

constexpr std::uint8_t kSubtypeUuid = 0x04;
constexpr std::size_t kUuidSize = 16;
constexpr std::size_t kBinaryHead = 5;  // Length and subtype.

std::uint8_t subtype_of(const BsonElement& binary) {
  return binary.value_at[4];
}

bool is_uuid(const BsonElement& binary) {
  return subtype_of(binary) == kSubtypeUuid && binary.value_size == kBinaryHead + kUuidSize;
}

Rejection text_from_string(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const std::string_view text = element.text();
  if (rule.target == JsonTarget::cratedb && text.size() > kCrateTextBytesMax)
    return Rejection::misfit;
  if (!is_storable_text(text)) return Rejection::misfit;
  cell.set_view(element.text());
  return Rejection::none;
}

Rejection text_from_object_id(const BsonElement& element, const ColumnRule&, Cell& cell) {
  char* const at = cell.short_room();
  cell.set_short(static_cast<std::size_t>(write_hex(at, element.value_at, 12) - at));
  return Rejection::none;
}

Rejection text_from_binary(const BsonElement& element, const ColumnRule&, Cell& cell) {
  if (!is_uuid(element)) return Rejection::misfit;
  char* const at = cell.short_room();
  cell.set_short(static_cast<std::size_t>(write_uuid(at, element.value_at + kBinaryHead) - at));
  return Rejection::none;
}

Rejection boolean_from_boolean(const BsonElement& element, const ColumnRule&, Cell& cell) {
  cell.set_view(view_text(element.value_at, 1));
  return Rejection::none;
}

Rejection timestamp_from_date(const BsonElement& element, const ColumnRule&, Cell& cell) {
  const std::optional<std::int64_t> us = to_timestamp(load_i64(element.value_at));
  if (!us) return Rejection::misfit;
  cell.set_big_endian(static_cast<std::uint64_t>(*us));
  return Rejection::none;
}

Rejection uuid_from_binary(const BsonElement& element, const ColumnRule&, Cell& cell) {
  if (!is_uuid(element)) return Rejection::misfit;
  cell.set_view(view_text(element.value_at + kBinaryHead, kUuidSize));
  return Rejection::none;
}

Rejection bytea_from_binary(const BsonElement& element, const ColumnRule&, Cell& cell) {
  if (subtype_of(element) != 0x00) return Rejection::misfit;
  cell.set_view(view_text(element.value_at + kBinaryHead, element.value_size - kBinaryHead));
  return Rejection::none;
}

Rejection json_from_any(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  // CrateDB's OBJECT makes an empty object of everything else, without a word.
  if (rule.target == JsonTarget::cratedb && element.type != BsonType::document)
    return Rejection::misfit;
  if (rule.objects != nullptr) {
    const Rejection rejection =
        rule.objects->write_whole(element.document(), rule.path, cell.long_room());
    cell.set_long();
    return rejection;
  }
  const Rejection rejection = TreeWriter(to_value_form(rule.json, rule.target), cell.long_room())
                                  .write_value_without(element, rule.path);
  cell.set_long();
  return rejection;
}

using enum BsonType;

constexpr std::array kFits = {
    Fit{string, TypeName::text, text_from_string, "valid UTF-8 without NUL"},
    Fit{object_id, TypeName::text, text_from_object_id, "as 24 hex digits"},
    Fit{binary, TypeName::text, text_from_binary, "UUID (subtype 4, 16 bytes), as its text"},

    Fit{BsonType::boolean, TypeName::boolean, boolean_from_boolean, ""},

    Fit{int32, TypeName::integer, integer_from_number, ""},
    Fit{int64, TypeName::integer, integer_from_number, "-2147483648 to 2147483647"},
    Fit{double_,
        TypeName::integer,
        integer_from_number,
        "whole, -2147483648 to 2147483647, not -0.0"},
    Fit{decimal128,
        TypeName::integer,
        integer_from_number,
        "whole, -2147483648 to 2147483647, not -0"},

    Fit{int32, TypeName::bigint, bigint_from_number, ""},
    Fit{int64, TypeName::bigint, bigint_from_number, ""},
    Fit{double_, TypeName::bigint, bigint_from_number, "whole, within 64 bits, not -0.0"},
    Fit{decimal128, TypeName::bigint, bigint_from_number, "whole, within 64 bits, not -0"},

    Fit{double_, TypeName::double_precision, double_from_double, ""},
    Fit{int32, TypeName::double_precision, double_from_integer, ""},
    Fit{int64, TypeName::double_precision, double_from_integer, "a double holds it exactly"},
    Fit{decimal128, TypeName::double_precision, double_from_decimal, "a double holds it exactly"},

    Fit{int32, TypeName::numeric, numeric_from_integer, "its digits fit"},
    Fit{int64, TypeName::numeric, numeric_from_integer, "its digits fit"},
    Fit{decimal128,
        TypeName::numeric,
        numeric_from_decimal,
        "its digits fit, not -0; NaN: not in CrateDB; infinities: only numeric without bounds"},
    Fit{double_,
        TypeName::numeric,
        numeric_from_double,
        "its shortest decimal form fits, not -0.0; NaN and infinities as Decimal128; in a key: "
        "equal to that form"},

    Fit{date,
        TypeName::timestamp,
        timestamp_from_date,
        "24 November 4714 BC to 31 December 294276"},

    Fit{binary, TypeName::uuid, uuid_from_binary, "subtype 4, 16 bytes"},
    Fit{binary, TypeName::bytea, bytea_from_binary, "subtype 0"},
};

constexpr std::size_t kTypeNames = 10;
constexpr std::size_t kBsonTypes = 256;

// By column type and BSON type, so that a conversion begins with one look; nullptr: nothing fits.
constexpr auto kConverters = [] {
  std::array<std::array<Converter, kBsonTypes>, kTypeNames> table{};
  for (const Fit& fit : kFits)
    table[static_cast<std::size_t>(fit.to)][static_cast<std::size_t>(fit.from)] = fit.convert;
  table[static_cast<std::size_t>(TypeName::json)].fill(json_from_any);
  return table;
}();

Rejection convert_single(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  const Converter converter =
      kConverters[static_cast<std::size_t>(rule.type.name)][static_cast<std::size_t>(element.type)];
  return converter == nullptr ? Rejection::misfit : converter(element, rule, cell);
}

// {1,NULL,"a b"}
Rejection convert_array(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  BsonReader reader;
  if (!reader.open(element.document())) return Rejection::malformed;
  std::string& text = cell.long_room();
  text.push_back('{');
  BsonElement each;
  Cell single;
  for (;;) {
    const BsonReader::Step step = reader.next(each);
    if (step == BsonReader::Step::malformed) return Rejection::malformed;
    if (step == BsonReader::Step::end) break;
    if (text.size() > 1) text.push_back(',');
    if (each.type == null) {
      // What an OBJECT would make of it nobody has tried.
      if (rule.objects != nullptr) return Rejection::misfit;
      text += "NULL";
      continue;
    }
    const Rejection rejection = convert_single(each, rule, single);
    if (rejection != Rejection::none) return rejection;
    if (rule.type.name == TypeName::timestamp && rule.target == JsonTarget::cratedb) {
      // It reads no years before 1 or after 9999 as they are printed, but milliseconds of any.
      text += std::to_string(load_i64(each.value_at));
    } else {
      append_array_element(single.bytes(), rule.type.name, text);
    }
  }
  text.push_back('}');
  cell.set_long();
  return Rejection::none;
}

}  // namespace

const Fit* find_fit(BsonType from, TypeName to) {
  for (const Fit& fit : kFits) {
    if (fit.from == from && fit.to == to) return &fit;
  }
  return nullptr;
}

Rejection convert(const BsonElement& element, const ColumnRule& rule, Cell& cell) {
  if (rule.type.is_array)
    return element.type == array ? convert_array(element, rule, cell) : Rejection::misfit;
  if (!travels_as_text(rule.type, rule.target)) return convert_single(element, rule, cell);
  Cell in_binary;
  const Rejection rejection = convert_single(element, rule, in_binary);
  if (rejection != Rejection::none) return rejection;
  append_cell_text(in_binary.bytes(), rule.type.name, cell.long_room());
  cell.set_long();
  return Rejection::none;
}

}  // namespace relay
